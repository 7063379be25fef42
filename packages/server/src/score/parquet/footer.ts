import { Problem } from "fixed-classifier-models/files";
import { cutOff, type FileBytes } from "../bytes/source.js";
import { damaged, reading } from "./problem.js";
import { readStruct, type Struct } from "./thrift.js";

/** Numbers of the fields of Parquet's structures, after the names in its Thrift file. */
export const FILE = {
  schema: 2,
  numRows: 3,
  rowGroups: 4,
  keyValues: 5,
  columnOrders: 7,
  encryption: 8,
} as const;
export const ELEMENT = { type: 1, length: 2, repetition: 3, name: 4, children: 5, logical: 10 } as const;
export const GROUP = {
  columns: 1,
  totalBytes: 2,
  numRows: 3,
  fileOffset: 5,
  compressedBytes: 6,
  ordinal: 7,
} as const;
export const CHUNK = {
  filePath: 1,
  fileOffset: 2,
  meta: 3,
  offsetIndex: 4,
  offsetIndexLength: 5,
  columnIndex: 6,
  columnIndexLength: 7,
  crypto: 8,
} as const;
export const META = {
  codec: 4,
  numValues: 5,
  uncompressed: 6,
  compressed: 7,
  dataPage: 9,
  indexPage: 10,
  dictionaryPage: 11,
  bloomFilter: 14,
  bloomFilterLength: 15,
} as const;

export const MAGIC = Buffer.from("PAR1");
const ENCRYPTED = Buffer.from("PARE");
/** At its end a file has the length of its footer and the magic. */
export const TAIL = 8;

/** A file's footer, and where it begins. */
export async function readFooter(file: FileBytes): Promise<{ footer: Struct; start: number }> {
  const { name, size } = file;
  if (size < MAGIC.length + TAIL) throw cutOff(name);
  const tail = await file.readAt(size - TAIL, TAIL);
  if (ENCRYPTED.equals(tail.subarray(4))) throw encrypted(name);
  if (!MAGIC.equals(tail.subarray(4))) throw cutOff(name);
  const length = new DataView(tail.buffer).getUint32(0, true);
  const start = size - TAIL - length;
  if (start < MAGIC.length) throw damaged(name, `its footer is said to have ${length} bytes`);
  const bytes = await file.readAt(start, length);
  return reading(name, () => {
    const { struct: footer } = readStruct(bytes);
    if (footer.struct(FILE.encryption) !== undefined) throw encrypted(name);
    for (const group of footer.structs(FILE.rowGroups)) {
      for (const chunk of group.structs(GROUP.columns)) checkChunk(name, chunk, start);
    }
    return { footer, start };
  });
}

const encrypted = (name: string): Problem => new Problem(`${name} is encrypted; write it without encryption`);

function checkChunk(name: string, chunk: Struct, footerStart: number): void {
  if (chunk.struct(CHUNK.crypto) !== undefined) throw encrypted(name);
  if ((chunk.text(CHUNK.filePath) ?? "") !== "") {
    throw new Problem(`${name} has columns in other files; write it as one`);
  }
  const { start, length } = placeOf(name, chunk);
  if (!(start >= MAGIC.length && length >= 0 && start + length <= footerStart)) {
    throw damaged(name, "a column lies beyond its end");
  }
}

/** The metadata of a chunk; those that are elsewhere are of encrypted files. */
export function metaOf(name: string, chunk: Struct): Struct {
  const meta = chunk.struct(CHUNK.meta);
  if (meta === undefined) throw damaged(name, "a column has no metadata");
  return meta;
}

/** Where a column's pages are in a group of rows: a dictionary stands before them. */
export function placeOf(name: string, chunk: Struct): { start: number; length: number } {
  const meta = metaOf(name, chunk);
  const data = meta.number(META.dataPage) ?? Number.NaN;
  const dictionary = meta.number(META.dictionaryPage) ?? 0;
  return {
    // Old writers say 0 where there is no dictionary.
    start: dictionary > 0 ? Math.min(dictionary, data) : data,
    length: meta.number(META.compressed) ?? Number.NaN,
  };
}
