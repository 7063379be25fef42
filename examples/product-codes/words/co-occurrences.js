// Where the vectors of words may start instead of at random: words that stand behind the same words have vectors that are alike.

/** @import { Random } from "../engine/random.js" */

/** So many words before a word count for it. */
const WINDOW = 2;
const ITERATIONS = 2;

/**
 * Classes × features: the rows of the matrix of positive pointwise mutual information (word, word before it) in the span of its largest
 * singular vectors, found by subspace iteration (Halko, Martinsson and Tropp, *Finding structure with randomness*, SIAM Review 2011). The
 * basis of that span is a random one, so that no feature is larger than another. A word without such information stays at random.
 * @param {Int32Array} tokens
 * @param {number} classes
 * @param {number} features
 * @param {Random} random
 */
export function startFromCooccurrences(tokens, classes, features, random) {
  const table = mutualInformation(tokens, classes);
  let basis = orthonormalize(random.normals(classes * features), features);
  for (let k = 0; k < ITERATIONS; k++) {
    basis = orthonormalize(multiply(table, basis, features, classes, false), features);
    basis = orthonormalize(multiply(table, basis, features, classes, true), features);
  }
  const vectors = multiply(table, basis, features, classes, false);
  for (let c = 0; c < classes; c++) {
    const vector = vectors.subarray(c * features, (c + 1) * features);
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) for (let i = 0; i < features; i++) vector[i] /= length;
    else vector.set(random.normals(features, 1 / Math.sqrt(features)));
  }
  return vectors;
}

/** Entries that are not 0. @typedef {{ words: Int32Array, contexts: Int32Array, values: Float32Array }} Sparse */

/**
 * @param {Int32Array} tokens
 * @param {number} classes
 * @returns {Sparse}
 */
function mutualInformation(tokens, classes) {
  /** @type {Map<number, number>} */
  const pairs = new Map();
  const ofWord = new Float64Array(classes);
  const ofContext = new Float64Array(classes);
  let total = 0;
  for (let t = 1; t < tokens.length; t++) {
    for (let back = 1; back <= Math.min(WINDOW, t); back++) {
      const [word, context] = [tokens[t], tokens[t - back]];
      const key = word * classes + context;
      pairs.set(key, (pairs.get(key) ?? 0) + 1);
      ofWord[word]++;
      ofContext[context]++;
      total++;
    }
  }
  const kept = [...pairs]
    .map(([key, count]) => {
      const [word, context] = [Math.floor(key / classes), key % classes];
      return { word, context, value: Math.log((count * total) / (ofWord[word] * ofContext[context])) };
    })
    .filter(({ value }) => value > 0);
  return {
    words: Int32Array.from(kept, ({ word }) => word),
    contexts: Int32Array.from(kept, ({ context }) => context),
    values: Float32Array.from(kept, ({ value }) => value),
  };
}

/**
 * The table, or its transpose, by a matrix of classes × features.
 * @param {Sparse} table
 * @param {Float32Array} matrix
 * @param {number} features
 * @param {number} classes
 * @param {boolean} transposed
 */
function multiply({ words, contexts, values }, matrix, features, classes, transposed) {
  const [rows, columns] = transposed ? [contexts, words] : [words, contexts];
  const out = new Float32Array(classes * features);
  for (let k = 0; k < values.length; k++) {
    const [to, from, value] = [rows[k] * features, columns[k] * features, values[k]];
    for (let i = 0; i < features; i++) out[to + i] += value * matrix[from + i];
  }
  return out;
}

/**
 * Columns that are orthonormal and span the same, by Gram and Schmidt.
 * @param {Float32Array} matrix rows × features, by rows
 * @param {number} features
 */
function orthonormalize(matrix, features) {
  const rows = matrix.length / features;
  // By columns, which are what is worked on.
  const columns = Array.from({ length: features }, (_, i) =>
    Float32Array.from({ length: rows }, (_, r) => matrix[r * features + i]),
  );
  for (let i = 0; i < features; i++) {
    for (let j = 0; j < i; j++) subtract(columns[i], columns[j], dot(columns[i], columns[j]));
    const length = Math.sqrt(dot(columns[i], columns[i]));
    for (let r = 0; r < rows; r++) columns[i][r] /= length;
  }
  return matrix.map((_, k) => columns[k % features][Math.floor(k / features)]);
}

/** @type {(a: Float32Array, b: Float32Array) => number} */
function dot(a, b) {
  let sum = 0;
  for (let r = 0; r < a.length; r++) sum += a[r] * b[r];
  return sum;
}

/** @type {(a: Float32Array, b: Float32Array, factor: number) => void} */
function subtract(a, b, factor) {
  for (let r = 0; r < a.length; r++) a[r] -= factor * b[r];
}
