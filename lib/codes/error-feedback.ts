/**
 * Rounding of class vectors to those of a product code, block after block with error feedback (LDLQ: Tseng et al., *QuIP#*, ICML 2024;
 * Chee et al., *QuIP*, NeurIPS 2023).
 */

import type { SignedRows } from "../hadamard/signed-rows.js";
import { type BlockTriangle, solve } from "../numerics/cholesky.js";
import { addRows } from "../numerics/products.js";
import { signOf } from "./rounding.js";
import { StageChoice } from "./stages.js";

const { min } = Math;

/** Classes that are rounded together: what is loaded of the triangle serves all of them. An even number, for two vectors are added to at once. */
export const CLASSES_AT_ONCE = 4;

/**
 * Makes e = w − q small by eᵀ·A·e, A = L·D·Lᵀ by blocks of a sub-vector: with r = Lᵀ·e that is Σ_j r_jᵀ·D_j·r_j, and r_j is e_j and what the
 * errors of the blocks behind it give. So blocks are rounded from the last to the first, each after that has been added to it.
 */
export class ErrorFeedback {
  readonly #features: number;
  readonly #rows: SignedRows;
  /** Null: A is the identity, and blocks know nothing of each other. */
  readonly #triangle: BlockTriangle | null;
  readonly #choices: readonly StageChoice[];
  /** Class by class Lᵀ·w, which becomes r, then of each stage Lᵀ·v with v the signed rows without magnitudes. */
  readonly #vectors: Float64Array;
  /** Of one block: what is added to the blocks before it, in the same order. */
  readonly #factors: Float64Array;

  constructor(features: number, rows: SignedRows, triangle: BlockTriangle | null) {
    const vectors = CLASSES_AT_ONCE * (rows.stages + 1);
    this.#features = features;
    this.#rows = rows;
    this.#triangle = triangle;
    this.#choices = Array.from({ length: rows.count }, (_, j) => {
      const size = min(rows.width, features - j * rows.width);
      return new StageChoice(rows.width, size, metricOf(triangle, j * rows.width * rows.width, size));
    });
    this.#vectors = new Float64Array(vectors * features);
    this.#factors = new Float64Array(vectors * rows.width);
  }

  /**
   * Rounds {@link CLASSES_AT_ONCE} class vectors with the magnitudes given, classes × stages, then makes the magnitudes those with which the
   * rounded vectors come nearest. Yields between blocks.
   *
   * @param out classes × stages × sub-vectors: rows
   */
  *round(weights: Float32Array, magnitudes: Float64Array, out: Uint8Array): Generator<void, void> {
    const [n, { count, stages }] = [this.#features, this.#rows];
    this.#vectors.fill(0);
    for (let c = 0; c < CLASSES_AT_ONCE; c++) {
      this.#vectors.set(weights.subarray(c * n, (c + 1) * n), c * (stages + 1) * n);
    }
    for (let j = count - 1; j >= 0; j--) {
      this.#roundBlock(j, weights, magnitudes, out);
      this.#addToBlocksBefore(j);
      if (j % 16 === 0) yield;
    }
    for (let c = 0; c < CLASSES_AT_ONCE; c++) this.#fitMagnitudes(c, magnitudes, out);
  }

  #roundBlock(j: number, weights: Float32Array, magnitudes: Float64Array, out: Uint8Array): void {
    const [n, { width, count, stages }, vectors, factors] = [
      this.#features,
      this.#rows,
      this.#vectors,
      this.#factors,
    ];
    const first = j * width;
    const size = min(width, n - first);
    for (let c = 0; c < CLASSES_AT_ONCE; c++) {
      const to = c * stages * count + j;
      const r = c * (stages + 1) * n + first;
      const e = c * (stages + 1) * size;
      this.#choices[j]?.choose(vectors, r, magnitudes, c * stages, stages, out, to, count);
      for (let i = 0; i < size; i++) {
        let q = 0;
        for (let s = 0; s < stages; s++) {
          const v = signOf(out[to + s * count] as number, i, width);
          vectors[r + (s + 1) * n + i] = (vectors[r + (s + 1) * n + i] as number) + v;
          factors[e + (s + 1) * size + i] = v;
          q += (magnitudes[c * stages + s] as number) * v;
        }
        vectors[r + i] = (vectors[r + i] as number) - q;
        factors[e + i] = (weights[c * n + first + i] as number) - q;
      }
    }
  }

  #addToBlocksBefore(j: number): void {
    if (this.#triangle === null || j === 0) return;
    const [n, { width, stages }] = [this.#features, this.#rows];
    const first = j * width;
    const size = min(width, n - first);
    const rows = { values: this.#triangle.lower, start: first * n, stride: n };
    for (let vector = 0; vector < CLASSES_AT_ONCE * (stages + 1); vector += 2) {
      const factors = this.#factors.subarray(vector * size, (vector + 2) * size);
      addRows(this.#vectors, vector * n, n, first, factors, rows, size);
    }
  }

  /** Least squares: with u_σ = Lᵀ·v_σ the change δ of the magnitudes solves Σ_τ (u_σ·D·u_τ)·δ_τ = u_σ·D·r. */
  #fitMagnitudes(c: number, magnitudes: Float64Array, out: Uint8Array): void {
    const { stages, count, width } = this.#rows;
    const gram = new Float64Array(stages * stages);
    const change = new Float64Array(stages);
    this.#addProducts(c, gram, change);
    if (!solve(gram, stages, change)) return;
    for (let s = 0; s < stages; s++) {
      const m = (magnitudes[c * stages + s] as number) + (change[s] as number);
      magnitudes[c * stages + s] = Math.abs(m);
      if (m < 0)
        for (let k = (c * stages + s) * count, end = k + count; k < end; k++)
          out[k] = (out[k] as number) ^ width;
    }
  }

  #addProducts(c: number, gram: Float64Array, withRest: Float64Array): void {
    const [n, { width, count, stages }, vectors] = [this.#features, this.#rows, this.#vectors];
    const rest = c * (stages + 1) * n;
    for (let j = 0; j < count; j++) {
      const first = j * width;
      const size = min(width, n - first);
      const metric = metricOf(this.#triangle, first * width, size);
      for (let i = 0; i < size; i++) {
        for (let s = 0; s < stages; s++) {
          const u = rest + (s + 1) * n + first;
          let sum = 0;
          for (let k = 0; k < size; k++) sum += (metric[i * size + k] as number) * (vectors[u + k] as number);
          withRest[s] = (withRest[s] as number) + sum * (vectors[rest + first + i] as number);
          for (let t = 0; t <= s; t++) {
            const at = s * stages + t;
            gram[at] = (gram[at] as number) + sum * (vectors[rest + (t + 1) * n + first + i] as number);
          }
        }
      }
    }
  }
}

const IDENTITIES = new Map<number, Float64Array>();

function metricOf(triangle: BlockTriangle | null, at: number, size: number): Float64Array {
  if (triangle !== null) return triangle.diagonal.subarray(at, at + size * size);
  let identity = IDENTITIES.get(size);
  if (identity === undefined) {
    identity = new Float64Array(size * size);
    for (let i = 0; i < size; i++) identity[i * (size + 1)] = 1;
    IDENTITIES.set(size, identity);
  }
  return identity;
}
