/** Gram matrices of class vectors as small PNG files: cosines from −1 (blue) over 0 (white) to 1 (red). */

import { crc32, deflateSync } from "node:zlib";
import { FixedClassifier } from "../../dist/index.js";

/** @import { FixedClassifierOptions } from "../../dist/index.js" */

/**
 * Shapes that show what is particular to each code.
 * @type {FixedClassifierOptions[]}
 */
export const PICTURES = [
  { code: "hadamard", features: 16, classes: 96 },
  { code: { name: "product", weights: families(24, 8, 6) }, features: 24, classes: 48 },
  { code: "sylvester", features: 24, classes: 48, allowDuplicates: true },
  { code: "simplex", features: 31, classes: 32 },
  { code: "orthoplex", features: 24, classes: 48 },
  { code: "cube", features: 6, classes: 64 },
  { code: "orthogonal", features: 24, classes: 48 },
  { code: "learned", features: 24, classes: 48 },
];

/** @param {FixedClassifierOptions} picture */
export const nameOf = ({ code }) => (typeof code === "object" ? code.name : code);

/**
 * Vectors of which each `members` in a row are alike: a random one, and twice one that they share.
 * @param {number} features
 * @param {number} count
 * @param {number} members
 */
function families(features, count, members) {
  const random = (/** @type {number} */ vectors, /** @type {number} */ seed) =>
    /** @type {Float32Array} */ (
      new FixedClassifier({ features, classes: vectors, code: "learned", seed }).weights
    );
  const own = random(count * members, 1);
  const shared = random(count, 2);
  return own.map((v, i) => v + 2 * shared[Math.floor(i / features / members) * features + (i % features)]);
}

/** About this many pixels a side. */
const SIZE = 192;

/** @param {FixedClassifier} head */
export function gramMatrix(head) {
  const { classes } = head;
  const vectors = classVectors(head);
  const cell = Math.max(1, Math.round(SIZE / classes));
  const pixels = classes * cell;
  const rows = Buffer.alloc(pixels * (pixels + 1));
  for (let y = 0; y < pixels; y++) {
    for (let x = 0; x < pixels; x++) {
      const value = cosine(vectors[Math.floor(y / cell)], vectors[Math.floor(x / cell)]);
      rows[y * (pixels + 1) + 1 + x] = Math.round(127 * (1 + value));
    }
  }
  return png(pixels, rows);
}

/**
 * Logits of the unit vectors are, but for the bias, the columns of the matrix of class vectors.
 * @param {FixedClassifier} head
 */
function classVectors(head) {
  const { features, classes, bias } = head;
  const unit = new Float32Array(features * features);
  for (let i = 0; i < features; i++) unit[i * features + i] = 1;
  const logits = head.forward(unit);
  return Array.from({ length: classes }, (_, c) =>
    Float64Array.from({ length: features }, (_, i) => logits[i * classes + c] - (bias?.[c] ?? 0)),
  );
}

/**
 * @param {Float64Array} a
 * @param {Float64Array} b
 */
function cosine(a, b) {
  /** @type {(x: Float64Array, y: Float64Array) => number} */
  const dot = (x, y) => x.reduce((sum, v, i) => sum + v * y[i], 0);
  return Math.max(-1, Math.min(1, dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))));
}

/**
 * A square picture with a palette of 255 colours; every row begins with its filter, 0.
 * @param {number} size
 * @param {Buffer} rows
 */
function png(size, rows) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const palette = Buffer.from(Array.from({ length: 255 }, (_, i) => colour((i - 127) / 127)).flat());
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("PLTE", palette),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** @param {number} value from −1 to 1 */
function colour(value) {
  const end = value < 0 ? [33, 102, 172] : [178, 24, 43];
  return end.map((v) => Math.round(255 + (v - 255) * Math.abs(value)));
}

/**
 * @param {string} type
 * @param {Buffer} data
 */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
