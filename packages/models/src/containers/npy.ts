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

/** Of one or two axes of floating-point numbers. */
export function openNpy(source: Bytes): NpyArray {
  const { path } = source;
  const fail = (reason: string, remedy: string): never => {
    throw new Problem(`${path} ${reason}. ${remedy}`);
  };
  const start = Buffer.from(source.read(0, Math.min(12, source.length)));
  if (start.length < 12 || start.toString("latin1", 0, 6) !== MAGIC)
    fail("is no array of NumPy", "Save it by numpy.save");
  const [from, length] = start[6] === 1 ? [10, start.readUInt16LE(8)] : [12, start.readUInt32LE(8)];
  if (length > MOST_HEADER) fail(`has a header of ${length} bytes`, "Save it again by numpy.save");
  const header = Buffer.from(source.read(from, length)).toString("latin1");
  const descr = /'descr':\s*'([<>|=]?)([a-zA-Z]\d*)'/.exec(header);
  const axes = /'shape':\s*\(([\d,\s]*)\)/.exec(header);
  const order = /'fortran_order':\s*(True|False)/.exec(header);
  if (descr === null || axes === null || order === null)
    return fail(`holds no plain array (${header.trim().slice(0, 80)})`, "Save one array of numbers");
  const type = TYPES[descr[2]];
  if (type === undefined)
    return fail(
      `holds values of kind ${descr[2]}`,
      'Convert them, say by astype("float32"), and save them again',
    );
  const shape = axes[1]
    .split(",")
    .filter((axis) => axis.trim() !== "")
    .map(Number);
  if (shape.length > 2)
    fail(`has ${shape.length} axes`, "A layer has a matrix of weights and a row of biases: save these");
  const size = shape.reduce((product, n) => product * n, type[1]);
  if (from + length + size !== source.length) {
    fail(
      `has ${source.length - from - length} bytes of values where its shape (${shape.join(", ")}) needs ${size}`,
      "Save it again, or fetch it again",
    );
  }
  return {
    shape,
    type: type[0],
    read() {
      const bytes = source.read(from + length, size);
      if (descr[1] === ">") swap(bytes, type[1]);
      const values = toFloat32(bytes, type[0]);
      return order[1] === "True" && shape.length === 2 ? transposed(values, shape[1], shape[0]) : values;
    },
  };
}

function swap(bytes: Uint8Array, width: number): void {
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
}
