/** Arrays of NumPy: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, versions 1 to 3. */

import type { StoredType } from "../last-layer.js";
import { Problem } from "../problem.js";
import { toFloat32, transposed } from "../tensors/index.js";
import type { Bytes } from "./bytes.js";

/** An array whose values are read when they are wanted. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly type: StoredType;
  /** Row-major, whatever the file has. */
  read(): Float32Array;
}

const MAGIC = "\x93NUMPY";
const TYPES: Readonly<Record<string, readonly [StoredType, number]>> = {
  f2: ["float16", 2],
  f4: ["float32", 4],
  f8: ["float64", 8],
};
/** A header is a line of text; more is another file. */
const MOST_HEADER = 65_536;

interface NpyHeader {
  /** As NumPy names it, without the order of bytes. */
  readonly kind: string;
  readonly isBigEndian: boolean;
  readonly isByColumns: boolean;
  readonly shape: readonly number[];
  /** Of the first value. */
  readonly at: number;
}

const failure = (path: string, reason: string, remedy: string): Problem =>
  new Problem(`${path} ${reason}. ${remedy}`);

function npyHeader(source: Bytes): NpyHeader {
  const { path } = source;
  const start = Buffer.from(source.read(0, Math.min(12, source.length)));
  if (start.length < 12 || start.toString("latin1", 0, 6) !== MAGIC)
    throw failure(path, "is no array of NumPy", "Save it by numpy.save");
  const [from, length] = start[6] === 1 ? [10, start.readUInt16LE(8)] : [12, start.readUInt32LE(8)];
  if (length > MOST_HEADER)
    throw failure(path, `has a header of ${length} bytes`, "Save it again by numpy.save");
  const header = Buffer.from(source.read(from, length)).toString("latin1");
  const descr = /'descr':\s*'([<>|=]?)([a-zA-Z]\d*)'/.exec(header);
  const axes = /'shape':\s*\(([\d,\s]*)\)/.exec(header);
  const order = /'fortran_order':\s*(True|False)/.exec(header);
  if (descr === null || axes === null || order === null) {
    const found = header.trim().slice(0, 80);
    throw failure(path, `holds no plain array (${found})`, "Save one array of numbers");
  }
  return {
    kind: descr[2],
    isBigEndian: descr[1] === ">",
    isByColumns: order[1] === "True",
    shape: axes[1]
      .split(",")
      .filter((axis) => axis.trim() !== "")
      .map(Number),
    at: from + length,
  };
}

function checkLength(source: Bytes, { shape, at }: NpyHeader, width: number): void {
  const size = shape.reduce((product, n) => product * n, width);
  if (at + size === source.length) return;
  throw failure(
    source.path,
    `has ${source.length - at} bytes of values where its shape (${shape.join(", ")}) needs ${size}`,
    "Save it again, or fetch it again",
  );
}

function bytesOf(source: Bytes, { at, isBigEndian }: NpyHeader, width: number): Uint8Array {
  const bytes = source.read(at, source.length - at);
  if (isBigEndian) for (let i = 0; i < bytes.length; i += width) bytes.subarray(i, i + width).reverse();
  return bytes;
}

/** Beside what is looked for an archive may have labels or names of classes. */
export const holdsFloats = (source: Bytes): boolean => Object.hasOwn(TYPES, npyHeader(source).kind);

/** Of floating-point numbers, of one or two axes, or of so many as are asked for. */
export function openNpy(source: Bytes, mostAxes = 2): NpyArray {
  const header = npyHeader(source);
  const { kind, shape, isByColumns } = header;
  const type = TYPES[kind];
  if (type === undefined)
    throw failure(
      source.path,
      `holds values of kind ${kind}`,
      'Convert them, say by astype("float32"), and save them again',
    );
  if (shape.length > mostAxes || (isByColumns && shape.length > 2)) {
    throw failure(
      source.path,
      `has ${shape.length} axes`,
      "A layer has a matrix of weights and a row of biases, and features are rows: save these",
    );
  }
  checkLength(source, header, type[1]);
  return {
    shape,
    type: type[0],
    read() {
      const values = toFloat32(bytesOf(source, header, type[1]), type[0]);
      return isByColumns && shape.length === 2 ? transposed(values, shape[1], shape[0]) : values;
    },
  };
}

/** A row of whole numbers, such as labels. */
export function readIntegers(source: Bytes): Float64Array {
  const header = npyHeader(source);
  const [, kind, size] = /^([iu])([1248])$/.exec(header.kind) ?? [];
  if (kind === undefined || header.shape.length !== 1) {
    throw failure(
      source.path,
      `holds an array of shape (${header.shape.join(", ")}) and kind ${header.kind}, where labels are a row of whole numbers`,
      'Save them by numpy.save("labels.npy", labels.astype("int32"))',
    );
  }
  const width = Number(size);
  checkLength(source, header, width);
  const bytes = bytesOf(source, header, width);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const read = (at: number): number => {
    if (width < 8) return kind === "u" ? buffer.readUIntLE(at, width) : buffer.readIntLE(at, width);
    return Number(kind === "u" ? buffer.readBigUInt64LE(at) : buffer.readBigInt64LE(at));
  };
  return Float64Array.from({ length: bytes.length / width }, (_, i) => read(i * width));
}
