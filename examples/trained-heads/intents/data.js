// Sentences as embeddings and their intents, in NumPy's files: float16 and bytes.
import { readFileSync } from "node:fs";

/** One row of inputs an example. @typedef {{ inputs: Float32Array, labels: Int32Array, count: number }} Examples */
/** @typedef {{ train: Examples, test: Examples, classes: number }} Data */

/**
 * @param {string} folder
 * @returns {Data}
 */
export function loadIntents(folder) {
  const train = loadPart(folder, "train");
  const test = loadPart(folder, "test");
  return { train, test, classes: 1 + [...train.labels, ...test.labels].reduce((a, b) => Math.max(a, b), 0) };
}

/**
 * @param {string} folder
 * @param {string} part
 * @returns {Examples}
 */
export function loadPart(folder, part) {
  const x = readNpy(`${folder}/${part}_x_f16.npy`, "<f2");
  const y = readNpy(`${folder}/${part}_y_u8.npy`, "|u1");
  const [rows, width] = x.shape;
  if (rows !== y.shape[0])
    throw new Error(`${folder}: ${part} has ${rows} embeddings and ${y.shape[0]} labels`);
  const halves = new DataView(x.bytes.buffer, x.bytes.byteOffset, x.bytes.byteLength);
  const inputs = Float32Array.from({ length: rows * width }, (_, k) =>
    decodeHalf(halves.getUint16(2 * k, true)),
  );
  return { inputs, labels: Int32Array.from(y.bytes), count: rows };
}

/**
 * @param {string} path
 * @param {string} type
 */
function readNpy(path, type) {
  const file = readFileSync(path);
  const start = 10 + file.readUInt16LE(8);
  const header = file.toString("latin1", 10, start);
  const [, found] = /'descr': '([^']+)'/.exec(header) ?? [];
  const [, axes] = /'fortran_order': False, 'shape': \(([\d, ]+)\)/.exec(header) ?? [];
  if (file.toString("latin1", 0, 8) !== "\x93NUMPY\x01\x00" || found !== type || axes === undefined) {
    throw new Error(`${path} is no array of type ${type} in a file of NumPy's first version`);
  }
  const shape = axes
    .split(",")
    .filter((size) => size.trim() !== "")
    .map(Number);
  const bytes = file.subarray(start);
  if (bytes.length !== shape.reduce((a, b) => a * b, type === "<f2" ? 2 : 1))
    throw new Error(`${path} is damaged`);
  return { shape, bytes };
}

/** @param {number} half the bits of a float16 */
function decodeHalf(half) {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
