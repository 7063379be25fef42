import { Problem } from "../../problem.js";
import { type ArrayPlace, arrayAt, product } from "../arrays.js";
import { type Bytes, glance, openBytes } from "../bytes.js";
import { coded, type NameArray, type NumberArray } from "../content.js";
import { ELEMENTS, type Element } from "../elements.js";
import { estimateOf, type Format } from "./format.js";

/** A NumPy array: the format's first, second and third version, in either order of bytes and of axes. */
export const npy: Format = {
  name: "NumPy array",
  endings: /\.npy$/i,
  read: async (path, { memory }) => ({
    kind: "arrays",
    path,
    arrays: [npyArray("", openBytes(path), memory)],
  }),
  estimate: async (path, { memory }) => {
    const file = glance(path);
    return estimateOf(npySize(file), file.onDisc, memory);
  },
};

/** Bytes that its values take, by its header. */
export function npySize(file: Bytes): number {
  const { shape, bytes } = npyHeader(file);
  return product(shape) * bytes;
}

const MAGIC = "\x93NUMPY";

const TYPES: Readonly<Record<string, Element>> = {
  b1: ELEMENTS.bool,
  u1: ELEMENTS.uint8,
  i1: ELEMENTS.int8,
  u2: ELEMENTS.uint16,
  i2: ELEMENTS.int16,
  u4: ELEMENTS.uint32,
  i4: ELEMENTS.int32,
  u8: ELEMENTS.uint64,
  i8: ELEMENTS.int64,
  f2: ELEMENTS.float16,
  f4: ELEMENTS.float32,
  f8: ELEMENTS.float64,
};

interface Header {
  readonly offset: number;
  readonly shape: readonly number[];
  readonly bigEndian: boolean;
  readonly byColumns: boolean;
  /** As NumPy names it, without the order of bytes. */
  readonly type: string;
  readonly bytes: number;
}

/** What stands before the values: a dictionary as Python writes it. */
function npyHeader(file: Bytes): Header {
  const start = Buffer.from(file.read(0, Math.min(12, file.length)));
  if (start.toString("latin1", 0, 6) !== MAGIC || start.length < 12)
    throw new Problem(`${file.path} is no NumPy array. Save it by numpy.save`);
  const [from, length] = start[6] === 1 ? [10, start.readUInt16LE(8)] : [12, start.readUInt32LE(8)];
  const offset = from + length;
  if (offset > file.length) throw new Problem(`${file.path} is cut off in its header. Fetch it again`);
  const header = Buffer.from(file.read(from, length)).toString("utf8");
  const descr = /'descr':\s*'([<>|=]?)([a-zA-Z])(\d*)'/.exec(header);
  const axes = /'shape':\s*\(([\d,\s]*)\)/.exec(header);
  const order = /'fortran_order':\s*(True|False)/.exec(header);
  if (descr === null || axes === null || order === null) {
    throw new Problem(
      `${file.path} holds no plain array (${header.trim().slice(0, 80)}). Save one array of numbers or strings`,
    );
  }
  const [, endian, letter, size] = descr;
  if (letter === "O")
    throw new Problem(`${file.path} holds Python objects. Convert them to numbers or strings before saving`);
  return {
    offset,
    shape: axes[1]
      .split(",")
      .filter((axis) => axis.trim() !== "")
      .map(Number),
    bigEndian: endian === ">",
    byColumns: order[1] === "True",
    type: letter + size,
    bytes: letter === "U" ? 4 * Number(size) : Number(size),
  };
}

export function npyArray(name: string, file: Bytes, memory: number): NumberArray | NameArray {
  const header = npyHeader(file);
  const { offset, shape, bigEndian, byColumns } = header;
  if (/^[US]/.test(header.type)) return names(name, file, header);
  const element = TYPES[header.type];
  if (element === undefined) {
    throw new Problem(
      `${file.path} holds values of kind ${header.type}, which is no kind of number it can read. Convert them, say by astype("float32")`,
    );
  }
  const place: ArrayPlace = { offset, element, shape, bigEndian, byColumns };
  return arrayAt(name, file, place, memory);
}

/** Strings of a fixed length, filled with zeros: UTF-32 or bytes. */
function names(name: string, file: Bytes, header: Header): NameArray {
  const { shape, bytes, offset } = header;
  const rows = product(shape);
  if (offset + rows * bytes > file.length)
    throw new Problem(`${file.path} is cut off: not all of its ${rows} strings are there. Fetch it again`);
  const content = Buffer.from(file.read(offset, rows * bytes));
  function* texts() {
    for (let row = 0; row < rows; row++) {
      const at = row * bytes;
      if (header.type.startsWith("S")) {
        yield content.toString("utf8", at, at + bytes).replace(/\0+$/, "");
        continue;
      }
      let text = "";
      for (let k = at; k < at + bytes; k += 4) {
        const point = header.bigEndian ? content.readUInt32BE(k) : content.readUInt32LE(k);
        if (point > 0x10ffff)
          throw new Problem(`${file.path} is damaged: string ${row + 1} holds no letters`);
        if (point !== 0) text += String.fromCodePoint(point);
      }
      yield text;
    }
  }
  return { kind: "names", name, shape, values: coded(texts(), rows) };
}
