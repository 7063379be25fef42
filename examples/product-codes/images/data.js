// Images of 28×28 pixels and their labels, in IDX files.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const SIDE = 28;

/** @import { Examples } from "../classification.js" */

/**
 * @param {string} folder
 * @param {{ test: string, labels: string }} names of the part that is tested on, and of files of labels
 */
export function loadImages(folder, names) {
  const train = load(folder, "train", names.labels);
  const test = load(folder, names.test, names.labels);
  return { train, test, classes: 1 + [...train.labels, ...test.labels].reduce((a, b) => Math.max(a, b), 0) };
}

/**
 * @param {string} folder
 * @param {string} part
 * @param {string} ofLabels
 * @returns {Examples}
 */
function load(folder, part, ofLabels) {
  const pixels = readIdx(`${folder}/${part}-images-idx3-ubyte.gz`);
  const labels = readIdx(`${folder}/${part}-labels-${ofLabels}.gz`);
  if (pixels.length !== labels.length * SIDE * SIDE) {
    throw new Error(
      `${folder}: ${part} has ${labels.length} labels, and images that are not as many or not ${SIDE}×${SIDE}`,
    );
  }
  // Pixels from 0 to 1.
  return {
    inputs: pixels.map((pixel) => pixel / 255),
    labels: Int32Array.from(labels),
    count: labels.length,
  };
}

/**
 * An IDX file: 0, 0, the type (8 bytes, 11 shorts), the number of axes; the size of each axis; the values.
 * @param {string} path
 */
function readIdx(path) {
  const file = gunzipSync(readFileSync(path));
  const [zero, alsoZero, type, axes] = file;
  const start = 4 + 4 * axes;
  const length = Array.from({ length: axes }, (_, axis) => file.readUInt32BE(4 + 4 * axis)).reduce(
    (a, b) => a * b,
    1,
  );
  const bytes = type === 8 ? 1 : 2;
  if (zero !== 0 || alsoZero !== 0 || ![8, 11].includes(type) || file.length !== start + bytes * length) {
    throw new Error(`${path} is damaged, or no IDX file of bytes or shorts`);
  }
  return Float32Array.from({ length }, (_, i) =>
    bytes === 1 ? file[start + i] : file.readInt16BE(start + 2 * i),
  );
}
