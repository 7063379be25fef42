// Float64 references, written for clarity alone.
import { norm } from "./data.js";

/** @import { FixedClassifier, HadamardTable, HeadTable } from "./product.js" */
/** @import { Layer } from "./peers/layer.js" */
/** @typedef {Pick<HadamardTable, "order" | "factor">} Matrix */

/**
 * The entry of the Sylvester matrix: −1 where the indices share an odd number of bits.
 * @param {number} i
 * @param {number} j
 */
function sign(i, j) {
  let bits = i & j;
  bits ^= bits >>> 16;
  bits ^= bits >>> 8;
  bits ^= bits >>> 4;
  bits ^= bits >>> 2;
  bits ^= bits >>> 1;
  return bits & 1 ? -1 : 1;
}

/**
 * The entry of B ⊗ Sylvester, a matrix as the table of a code has it.
 * @param {Matrix} matrix
 * @param {number} i
 * @param {number} j
 */
function entry({ order, factor }, i, j) {
  if (factor === null) return sign(i, j);
  const length = order / factor.order;
  const [p, q] = [Math.floor(i / length), Math.floor(j / length)];
  const negated = (factor.signs[p * Math.ceil(factor.order / 32) + (q >>> 5)] >>> (q & 31)) & 1;
  return (negated ? -1 : 1) * sign(i % length, j % length);
}

/**
 * One result of the orthonormal transform, by its definition; without a matrix that of Sylvester.
 * @param {ArrayLike<number>} x
 * @param {number} index
 * @param {Matrix} matrix
 */
export function transformEntry(x, index, matrix = { order: x.length, factor: null }) {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += entry(matrix, index, i) * x[i];
  return sum / Math.sqrt(x.length);
}

/**
 * The table of a code that the references know: rows of Hadamard matrices, features and classes in their order.
 * @param {HeadTable} table
 */
export function plainTable(table) {
  if (table.kind !== "hadamard" || table.columns !== null || table.places !== null) {
    throw new Error("the reference knows no such code");
  }
  return table;
}

/**
 * Where the table of a code puts a class: a row of the matrix behind the sign mask of a block, with a sign.
 * @param {HadamardTable} table
 * @param {number} index
 */
function placeOf({ segments }, index) {
  for (let k = 0; k < segments.length; k += 5) {
    const [block, row, sign, first, count] = segments.subarray(k, k + 5);
    if (index < first + count) return { block, row: row + index - first, sign };
  }
  throw new Error(`no class ${index}`);
}

/**
 * @param {HadamardTable} table
 * @param {number} block
 */
function maskOf({ order, masks }, block) {
  const mask = masks.subarray(block * Math.ceil(order / 32));
  /** @param {number} i */
  return (i) => ((mask[i >>> 5] >>> (i & 31)) & 1 ? -1 : 1);
}

/**
 * The vector of a class, entries ±1, where the code is made of rows of Hadamard matrices.
 * @param {HeadTable} table
 * @param {number} index
 */
export function classVector(table, index) {
  if (table.kind === "product") return productVector(table, index);
  const plain = plainTable(table);
  const { block, row, sign } = placeOf(plain, index);
  const mask = maskOf(plain, block);
  const vector = new Int8Array(table.features);
  for (let i = 0; i < vector.length; i++) vector[i] = sign * mask(i) * entry(plain, row, i);
  return vector;
}

/**
 * The vector of a class of a product code, from the layout of docs/file-format.md.
 * @param {Extract<HeadTable, { kind: "product" }>} table
 * @param {number} c
 */
function productVector({ features, width, packed }, c) {
  const bits = width <= 8 ? 4 : 8;
  const words = Math.ceil((Math.ceil(features / width) * bits) / 32);
  return Int8Array.from({ length: features }, (_, i) => {
    const at = Math.floor(i / width) * bits;
    const word = packed[(Math.floor(c / 16) * words + (at >>> 5)) * 16 + (c % 16)];
    const field = (word >>> (at & 31)) & (2 ** bits - 1);
    return (field >= 2 ** (bits - 1) ? -1 : 1) * sign(field & (width - 1), i % width);
  });
}

/**
 * @param {Float32Array} x
 * @param {FixedClassifier} head
 */
function alphaOf(x, { scale, code: { table } }) {
  const { unit } = table.kind === "product" ? table : plainTable(table);
  return (scale * unit) / (norm(x) + 1e-8);
}

/**
 * One logit of a head, by its definition.
 * @param {Float32Array} x
 * @param {FixedClassifier} head
 * @param {number} index
 */
export function logit(x, head, index) {
  const vector = classVector(head.code.table, index);
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += vector[i] * x[i];
  return alphaOf(x, head) * sum + (head.bias?.[index] ?? 0);
}

/**
 * All logits of one row. For a million classes the definition takes a minute, so this is the transform as textbooks have it, held
 * against the definition for some of the classes.
 * @param {Float32Array} x
 * @param {FixedClassifier} head
 */
export function logits(x, head) {
  const table = plainTable(head.code.table);
  const { order, factor, segments, classes } = table;
  if (factor !== null) throw new Error("the reference knows no such code");
  const alpha = alphaOf(x, head);
  const results = new Float64Array(classes);
  const products = new Float64Array(order);
  let transformed = -1;
  for (let k = 0; k < segments.length; k += 5) {
    const [block, row, sign, first, count] = segments.subarray(k, k + 5);
    if (block !== transformed) {
      const mask = maskOf(table, block);
      for (let i = 0; i < order; i++) products[i] = i < x.length ? mask(i) * x[i] : 0;
      transform(products);
      transformed = block;
    }
    for (let c = first; c < first + count; c++) {
      results[c] = alpha * sign * products[row + c - first] + (head.bias?.[c] ?? 0);
    }
  }
  check("the fast reference", results, (c) => logit(x, head, c), largestOf(results));
  return results;
}

/** @param {Float64Array} x */
function transform(x) {
  for (let half = 1; half < x.length; half *= 2) {
    for (let i = 0; i < x.length; i++) {
      if (i & half) continue;
      const [a, b] = [x[i], x[i + half]];
      x[i] = a + b;
      x[i + half] = a - b;
    }
  }
}

/**
 * One output of a dense layer with weights classes × features.
 * @param {Float32Array} x
 * @param {Layer} layer
 * @param {number} index
 */
export function dense(x, { weights, bias }, index) {
  let sum = bias[index];
  for (let i = 0; i < x.length; i++) sum += weights[index * x.length + i] * x[i];
  return sum;
}

/**
 * Mean cross-entropy of all rows and its gradient by the bias, from the logits of every row.
 * @param {Float64Array} logits
 * @param {Int32Array} labels
 * @param {number} classes
 */
export function crossEntropy(logits, labels, classes) {
  const gradient = new Float64Array(classes);
  let loss = 0;
  for (const [row, label] of labels.entries()) {
    const z = logits.subarray(row * classes, (row + 1) * classes);
    const largest = z.reduce((max, value) => Math.max(max, value));
    const sum = z.reduce((total, value) => total + Math.exp(value - largest), 0);
    loss += (Math.log(sum) + largest - z[label]) / labels.length;
    for (let c = 0; c < classes; c++) gradient[c] += Math.exp(z[c] - largest) / sum / labels.length;
    gradient[label] -= 1 / labels.length;
  }
  return { loss, gradient };
}

/**
 * Throws unless some of the results, spread over the array, are what they should be.
 * @param {string} what
 * @param {ArrayLike<number>} actual
 * @param {(index: number) => number} expected
 * @param {number} largest of the results: errors are relative to it
 */
export function check(what, actual, expected, largest) {
  const samples = Math.min(actual.length, 64);
  for (let k = 0; k < samples; k++) {
    const index = Math.floor((k * (actual.length - 1)) / Math.max(samples - 1, 1));
    const error = Math.abs(actual[index] - expected(index));
    // Written so that NaN fails.
    if (!(error <= 4e-6 * largest)) {
      throw new Error(`${what}: result ${index} is ${actual[index]}, expected ${expected(index)}`);
    }
  }
}

/** @param {Iterable<number>} values */
export function largestOf(values) {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}
