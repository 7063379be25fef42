import { Problem } from "fixed-classifier-models/files";
import type { CompressionCodec, PageHeader } from "hyparquet";
import { alpDecode } from "hyparquet/src/alp.js";
import { parquetHeader } from "hyparquet/src/column.js";
import { decompressPage } from "hyparquet/src/datapage.js";
import { byteStreamSplit, readRleBitPackedHybrid } from "hyparquet/src/encoding.js";
import { compressors } from "hyparquet-compressors";
import type { FileBytes } from "../bytes/source.js";
import { BYTES } from "../rows.js";
import type { FeatureColumn } from "./feature-column.js";
import { type Levels, readLevels } from "./levels.js";
import { damaged } from "./problem.js";

export type Numbers = Float32Array | Float64Array | Uint16Array;

/** A page of features: entries with their levels, and the numbers of those that have one. */
export interface Page {
  readonly repetition: Levels;
  readonly definition: Levels;
  readonly numbers: Numbers;
}

const TYPES = { f16: "FIXED_LEN_BYTE_ARRAY", f32: "FLOAT", f64: "DOUBLE" } as const;
/** Headers are some tens of bytes, and more only with statistics. */
const HEADER = 4096;
const LONGEST_HEADER = 2 ** 24;

/** Memory that is used again for each page: a page is done with before the next but one is read. */
class Scratch {
  readonly #buffers: Uint8Array[] = [];

  /** One of some buffers, with what was in it before. */
  take(which: number, length: number): Uint8Array {
    let buffer = this.#buffers[which];
    if (buffer === undefined || buffer.length < length) {
      buffer = new Uint8Array(Buffer.allocUnsafeSlow(length + (length >>> 3)).buffer);
      this.#buffers[which] = buffer;
    }
    return buffer.subarray(0, length);
  }
}

const REPETITION = 0;
const DEFINITION = 1;
/** Two for bytes of the file: one has the page that is looked at, the other the next one. */
const AHEAD = 2;

/**
 * Reads a column's pages one after the other; each is valid until the next is asked for. Of a library's functions those are taken that need
 * no lists of lists.
 */
export async function* pagesOf(
  file: FileBytes,
  { start, length }: { readonly start: number; readonly length: number },
  column: FeatureColumn,
  codec: CompressionCodec,
  memory: number,
): AsyncGenerator<Page> {
  const { name } = file;
  const end = start + length;
  let dictionary: Numbers | undefined;
  const scratch = new Scratch();
  let turn = 0;
  /** Reads from a place on while the page before is looked at, as much as that had: pages of a column are about equally long. */
  const read = (at: number, most: number): Promise<Uint8Array> => {
    turn ^= 1;
    const bytes = scratch.take(AHEAD + turn, Math.max(0, Math.min(most, end - at, memory)));
    const filled = file.fillAt(bytes, at).then((count) => bytes.subarray(0, count));
    // Told when its turn comes.
    filled.catch(() => {});
    return filled;
  };
  let coming = read(start, HEADER);
  for (let at = start; at < end; ) {
    const ahead = await coming;
    const { header, size } = await headerIn(file, at, end - at, ahead);
    const { compressed_page_size: packed, uncompressed_page_size: unpacked } = header;
    const content = at + size;
    const entries = header.data_page_header?.num_values ?? header.data_page_header_v2?.num_values ?? 0;
    if (!(packed >= 0 && unpacked >= 0 && entries >= 0)) throw damaged(name, "a page has a length below 0");
    if (content + packed > end) throw damaged(name, "a page is longer than its column");
    const needed = 3 * packed + 2 * unpacked + 2 * entries;
    if (needed > memory) {
      throw new Problem(
        `${name}: a page of the column "${column.name}" needs ${Math.ceil(needed / 2 ** 20)} MiB; raise --memory, or write smaller pages`,
      );
    }
    const isKept = header.type === "DICTIONARY_PAGE";
    let bytes = ahead.subarray(size, size + packed);
    if (bytes.length < packed) bytes = await file.readAt(content, packed);
    else if (isKept) bytes = bytes.slice();
    at = content + packed;
    coming = read(at, size + packed + HEADER);
    try {
      if (isKept) {
        const page = decompressPage(bytes, header.uncompressed_page_size, codec, compressors);
        dictionary = plain(page, header.dictionary_page_header?.num_values ?? 0, column);
      } else if (header.type === "DATA_PAGE") {
        yield firstKind(
          decompressPage(bytes, header.uncompressed_page_size, codec, compressors),
          header,
          column,
          dictionary,
          scratch,
        );
      } else if (header.type === "DATA_PAGE_V2") {
        yield secondKind(bytes, header, column, dictionary, scratch, codec);
      }
    } catch (error) {
      throw error instanceof Problem ? error : damaged(name, (error as Error).message, error);
    }
  }
}

/** A page's header, in the bytes that were read there or, if it is longer, in more. */
async function headerIn(
  file: FileBytes,
  at: number,
  left: number,
  ahead: Uint8Array,
): Promise<{ header: PageHeader; size: number }> {
  for (let bytes = ahead, most = HEADER; ; bytes = await file.readAt(at, Math.min(most, left))) {
    const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
    try {
      return { header: parquetHeader(reader), size: reader.offset };
    } catch (error) {
      if (bytes.length >= Math.min(left, LONGEST_HEADER))
        throw damaged(file.name, (error as Error).message, error);
      most = Math.max(16 * most, 2 * bytes.length);
    }
  }
}

/** Levels and numbers are packed together; before the levels stands their length. */
function firstKind(
  bytes: Uint8Array,
  { data_page_header: header }: PageHeader,
  column: FeatureColumn,
  dictionary: Numbers | undefined,
  scratch: Scratch,
): Page {
  if (header === undefined) throw new RangeError("a page has no header");
  const { num_values: count, encoding, repetition_level_encoding: how } = header;
  if (how !== "RLE" || header.definition_level_encoding !== "RLE") {
    throw new RangeError(`levels are packed in a way that is no longer used (${how})`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const levels = (most: number, which: number): Levels => {
    const length = view.getUint32(at, true);
    if (at + 4 + length > bytes.length) throw new RangeError("levels of a page are cut off");
    at += 4 + length;
    return readLevels(bytes.subarray(at - length, at), most, scratch.take(which, count));
  };
  const repetition = levels(1, REPETITION);
  const definition = levels(column.mostDefinition, DEFINITION);
  return pageOf(repetition, definition, bytes.subarray(at), encoding, column, dictionary);
}

/** Levels stand before the numbers, and only these may be packed. */
function secondKind(
  bytes: Uint8Array,
  { data_page_header_v2: header, uncompressed_page_size: size }: PageHeader,
  column: FeatureColumn,
  dictionary: Numbers | undefined,
  scratch: Scratch,
  codec: CompressionCodec,
): Page {
  if (header === undefined) throw new RangeError("a page has no header");
  const { num_values: count, encoding } = header;
  const first = header.repetition_levels_byte_length;
  const both = first + header.definition_levels_byte_length;
  if (!(first >= 0 && both >= first && both <= bytes.length))
    throw new RangeError("levels of a page are cut off");
  const repetition = readLevels(bytes.subarray(0, first), 1, scratch.take(REPETITION, count));
  const definition = readLevels(
    bytes.subarray(first, both),
    column.mostDefinition,
    scratch.take(DEFINITION, count),
  );
  const packed = bytes.subarray(both);
  const isPacked = header.is_compressed !== false && size > both;
  const content = isPacked ? decompressPage(packed, size - both, codec, compressors) : packed;
  return pageOf(repetition, definition, content, encoding, column, dictionary);
}

function pageOf(
  repetition: Levels,
  definition: Levels,
  bytes: Uint8Array,
  encoding: string,
  column: FeatureColumn,
  dictionary: Numbers | undefined,
): Page {
  const { levels, least } = definition;
  let count = levels.length;
  if (least < column.mostDefinition) {
    count = 0;
    for (let k = 0; k < levels.length; k++) if (levels[k] === column.mostDefinition) count++;
  }
  return { repetition, definition, numbers: numbersOf(bytes, count, encoding, column, dictionary) };
}

function numbersOf(
  bytes: Uint8Array,
  count: number,
  encoding: string,
  column: FeatureColumn,
  dictionary: Numbers | undefined,
): Numbers {
  const { number } = column;
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  switch (encoding) {
    case "PLAIN":
      return plain(bytes, count, column);
    case "PLAIN_DICTIONARY":
    case "RLE_DICTIONARY": {
      if (dictionary === undefined) throw new RangeError("a page needs a dictionary that there is not");
      const indices = new Uint32Array(count);
      const width = count === 0 ? 0 : reader.view.getUint8(reader.offset++);
      if (width > 31) throw new RangeError("the numbers of a dictionary are too wide");
      if (width > 0) readRleBitPackedHybrid(reader, width, indices, bytes.length - 1);
      const numbers = empty(number, count);
      for (let k = 0; k < count; k++) {
        if (indices[k] >= dictionary.length) throw new RangeError("a number is not in its dictionary");
        numbers[k] = dictionary[indices[k]];
      }
      return numbers;
    }
    case "BYTE_STREAM_SPLIT":
      if (number !== "f16") return byteStreamSplit(reader, count, TYPES[number], undefined) as Numbers;
      if (bytes.length < 2 * count) throw new RangeError("a page has fewer numbers than it says");
      return Uint16Array.from({ length: count }, (_, k) => bytes[k] | (bytes[count + k] << 8));
    case "ALP":
      if (number !== "f16") return alpDecode(reader, count, TYPES[number]) as Numbers;
  }
  throw new RangeError(`numbers are encoded in a way that is not read (${encoding})`);
}

const empty = (number: FeatureColumn["number"], count: number): Numbers =>
  number === "f16"
    ? new Uint16Array(count)
    : number === "f32"
      ? new Float32Array(count)
      : new Float64Array(count);

function plain(bytes: Uint8Array, count: number, { number }: FeatureColumn): Numbers {
  const length = count * BYTES[number];
  if (bytes.length < length) throw new RangeError("a page has fewer numbers than it says");
  const start = bytes.byteOffset % BYTES[number] === 0 ? bytes.subarray(0, length) : bytes.slice(0, length);
  const memory = start.buffer as ArrayBuffer;
  if (number === "f16") return new Uint16Array(memory, start.byteOffset, count);
  if (number === "f32") return new Float32Array(memory, start.byteOffset, count);
  return new Float64Array(memory, start.byteOffset, count);
}
