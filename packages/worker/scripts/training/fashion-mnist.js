// The images and labels of examples/data/fashion-mnist-small in the root.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

export const PIXELS = 28 * 28;
export const CLASSES = 10;

/**
 * Pixels from 0 to 1, one row an image; labels from 0 to 9.
 * @typedef {{ images: Float32Array, labels: Uint8Array, count: number }} LabelledImages
 */

export function loadFashionMnist() {
  return { train: load("train"), test: load("t10k") };
}

/**
 * @param {string} part
 * @returns {LabelledImages}
 */
function load(part) {
  const pixels = readIdx(`${part}-images-idx3-ubyte.gz`);
  const labels = readIdx(`${part}-labels-idx1-ubyte.gz`);
  return { images: Float32Array.from(pixels, (pixel) => pixel / 255), labels, count: labels.length };
}

/**
 * The bytes of an IDX file: 0, 0, type 8 (bytes), number of axes; the size of each axis; the values.
 * @param {string} name
 */
function readIdx(name) {
  const file = gunzipSync(
    readFileSync(new URL(`../../../../examples/data/fashion-mnist-small/${name}`, import.meta.url)),
  );
  const [zero, alsoZero, type, axes] = file;
  const sizes = Array.from({ length: axes }, (_, axis) => file.readUInt32BE(4 + 4 * axis));
  const values = file.subarray(4 + 4 * axes);
  const length = sizes.reduce((product, size) => product * size, 1);
  if (zero !== 0 || alsoZero !== 0 || type !== 8 || values.length !== length) {
    throw new Error(`${name} is damaged: fetch it again from the repository`);
  }
  return values;
}
