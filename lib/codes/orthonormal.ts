/** Random orthonormal matrices of any width, fast: docs/codes.md, "orthogonal". */

import { log } from "../numerics/math.js";
import { randomStream } from "../random.js";

/** The most columns that one matrix of a layer mixes. Every matrix has memory for so many. */
const SIDE = 32;
const AREA = SIDE * SIDE;
/** Rows that are made together, so that the matrices of a layer are read from the cache. */
const PANEL = 64;

/**
 * Makes rows of orthonormal matrices Q = B_1 · P · B_2 · P · … · B_L of `width` columns. A layer B has on its diagonal random orthonormal
 * matrices of up to 32 columns, uniformly distributed; P deals the columns of each out to the others. So a row costs 64 · (L − 1)
 * operations an entry and does not depend on how many there are, and rows are as orthonormal as those of the small matrices.
 */
export function orthonormalMatrices(width: number, seed: number) {
  const starts = blockStarts(width);
  const blocks = starts.length - 1;
  const layers = layerCount(width);
  const padded = blocks * SIDE;
  const dealt = blocks === 1 ? null : dealtColumns(starts);
  const matrices = new Float64Array(layers * blocks * AREA);
  const mirror = new Float64Array(SIDE);
  const [x, y] = [new Float64Array(PANEL * padded), new Float64Array(dealt === null ? 0 : PANEL * padded)];

  /** Of the first layer only those that the first rows start from. */
  function drawMatrices(index: number, rows: number): void {
    for (let layer = 0; layer < layers; layer++) {
      for (let b = 0; b < blocks && (layer > 0 || (starts[b] as number) < rows); b++) {
        const side = (starts[b + 1] as number) - (starts[b] as number);
        const matrix = layer * blocks + b;
        const next = randomStream(seed, index * layers * blocks + matrix);
        drawMatrix(matrices, matrix * AREA, side, next, mirror);
      }
    }
  }

  /** Leaves `rows` rows from `first` on in `x`. */
  function makePanel(first: number, rows: number): void {
    x.fill(0, 0, rows * padded);
    let block = 0;
    for (let r = 0; r < rows; r++) {
      while ((starts[block + 1] as number) <= first + r) block++;
      const from = block * AREA + (first + r - (starts[block] as number)) * SIDE;
      x.set(matrices.subarray(from, from + SIDE), r * padded + block * SIDE);
    }
    for (let layer = 1; dealt !== null && layer < layers; layer++) {
      for (let r = 0; r < rows; r++) deal(x, y, r * padded, dealt);
      for (let b = 0; b < blocks; b++) {
        const matrix = (layer * blocks + b) * AREA;
        // With the last of an odd number of rows goes whatever is behind it.
        for (let r = 0; r < rows; r += 2) multiplyTwo(y, r * padded + b * SIDE, padded, matrices, matrix, x);
      }
    }
  }

  /** Writes the first rows of matrix `index` to `out`, as many as it has space for, at most `width`. */
  return (index: number, out: Float32Array): void => {
    const rows = out.length / width;
    drawMatrices(index, rows);
    for (let first = 0; first < rows; first += PANEL) {
      const some = Math.min(PANEL, rows - first);
      makePanel(first, some);
      for (let r = 0; r < some; r++) {
        for (let b = 0; b < blocks; b++) {
          const at = r * padded + b * SIDE;
          const [start, end] = [starts[b] as number, starts[b + 1] as number];
          out.set(x.subarray(at, at + end - start), (first + r) * width + start);
        }
      }
    }
  };
}

/** Where the blocks start, and the width: as few blocks as can be, as equal as can be. */
function blockStarts(width: number): Int32Array {
  const blocks = Math.ceil(width / SIDE);
  return Int32Array.from({ length: blocks + 1 }, (_, b) => Math.floor((b * width) / blocks));
}

/** After so many layers an entry is a sum of at least 128 products, nearly Gaussian, as the entries of one matrix of that width are. */
function layerCount(width: number): number {
  if (width <= SIDE) return 1;
  let layers = 2;
  for (let reach = SIDE; reach < 4 * width; reach *= SIDE) layers++;
  return layers;
}

/** Where each column comes from: first column 0 of every block in turn, then column 1, and so on. Spaces without a column take any. */
function dealtColumns(starts: Int32Array): Int32Array {
  const blocks = starts.length - 1;
  const order: number[] = [];
  for (let i = 0; i < SIDE; i++) {
    for (let b = 0; b < blocks; b++) {
      if ((starts[b] as number) + i < (starts[b + 1] as number)) order.push(b * SIDE + i);
    }
  }
  const dealt = new Int32Array(blocks * SIDE);
  for (let b = 0; b < blocks; b++) {
    dealt.set(order.slice(starts[b], starts[b + 1]), b * SIDE);
  }
  return dealt;
}

function deal(x: Float64Array, y: Float64Array, at: number, columns: Int32Array): void {
  for (let i = 0; i < columns.length; i++) y[at + i] = x[at + (columns[i] as number)] as number;
}

/** 32 entries of two rows that are `stride` apart times a matrix: four columns at once, which is what registers hold. */
function multiplyTwo(
  y: Float64Array,
  at: number,
  stride: number,
  matrices: Float64Array,
  matrix: number,
  x: Float64Array,
): void {
  const other = at + stride;
  for (let j = 0; j < SIDE; j += 4) {
    let a0 = 0;
    let a1 = 0;
    let a2 = 0;
    let a3 = 0;
    let b0 = 0;
    let b1 = 0;
    let b2 = 0;
    let b3 = 0;
    for (let i = 0, k = matrix + j; i < SIDE; i++, k += SIDE) {
      const a = y[at + i] as number;
      const b = y[other + i] as number;
      const m0 = matrices[k] as number;
      const m1 = matrices[k + 1] as number;
      const m2 = matrices[k + 2] as number;
      const m3 = matrices[k + 3] as number;
      a0 += a * m0;
      a1 += a * m1;
      a2 += a * m2;
      a3 += a * m3;
      b0 += b * m0;
      b1 += b * m1;
      b2 += b * m2;
      b3 += b * m3;
    }
    x[at + j] = a0;
    x[at + j + 1] = a1;
    x[at + j + 2] = a2;
    x[at + j + 3] = a3;
    x[other + j] = b0;
    x[other + j + 1] = b1;
    x[other + j + 2] = b2;
    x[other + j + 3] = b3;
  }
}

/**
 * Draws a uniformly distributed orthonormal matrix of `side` rows into rows of 32, zeros behind it. From the last row and column on, the
 * matrix of n rows is a random direction above that of n − 1, which a reflection has turned away from it (Diaconis and Shahshahani's
 * subgroup algorithm, Stewart's products of reflections).
 */
function drawMatrix(
  out: Float64Array,
  at: number,
  side: number,
  next: () => number,
  mirror: Float64Array,
): void {
  out.fill(0, at, at + AREA);
  for (let n = 1; n <= side; n++) {
    const corner = at + (side - n) * (SIDE + 1);
    drawNormal(mirror, n, next);
    let square = 0;
    for (let i = 0; i < n; i++) square += (mirror[i] as number) * (mirror[i] as number);
    const norm = Math.sqrt(square);
    const first = mirror[0] as number;
    const sign = first < 0 ? 1 : -1;
    mirror[0] = first - sign * norm;
    // Rows of zeros, above the corner and below the matrix, stay zero: so rows can be taken by fours.
    for (let row = (side - n + 1) & -4; row < side; row += 4) {
      reflectFour(out, at + row * SIDE + side - n, n, mirror, sign, 1 / (norm * (norm + Math.abs(first))));
    }
    out[corner] = first / norm;
    for (let i = 1; i < n; i++) out[corner + i] = (mirror[i] as number) / norm;
  }
}

/** Multiplies n entries of four rows by sign · (1 − factor · m·mᵀ). */
function reflectFour(
  out: Float64Array,
  at: number,
  n: number,
  mirror: Float64Array,
  sign: number,
  factor: number,
): void {
  const b = at + SIDE;
  const c = b + SIDE;
  const d = c + SIDE;
  let p = 0;
  let q = 0;
  let r = 0;
  let s = 0;
  for (let i = 0; i < n; i++) {
    const m = mirror[i] as number;
    p += m * (out[at + i] as number);
    q += m * (out[b + i] as number);
    r += m * (out[c + i] as number);
    s += m * (out[d + i] as number);
  }
  p *= factor;
  q *= factor;
  r *= factor;
  s *= factor;
  for (let i = 0; i < n; i++) {
    const m = mirror[i] as number;
    out[at + i] = sign * ((out[at + i] as number) - p * m);
    out[b + i] = sign * ((out[b + i] as number) - q * m);
    out[c + i] = sign * ((out[c + i] as number) - r * m);
    out[d + i] = sign * ((out[d + i] as number) - s * m);
  }
}

/**
 * Standard normal numbers by Marsaglia's polar method, which makes two at a time. The package's own logarithm has the same bits in every
 * engine.
 */
function drawNormal(out: Float64Array, length: number, next: () => number): void {
  for (let i = 0; i < length; i += 2) {
    let u = 0;
    let v = 0;
    let s = 0;
    do {
      u = (next() + 0.5) / 2 ** 31 - 1;
      v = (next() + 0.5) / 2 ** 31 - 1;
      s = u * u + v * v;
    } while (s >= 1 || s === 0);
    const factor = Math.sqrt((-2 * log(s)) / s);
    out[i] = u * factor;
    out[i + 1] = v * factor;
  }
}
