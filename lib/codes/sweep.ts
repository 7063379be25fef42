/** The signed rows of one class chosen again, one sub-vector after the other, by rows of features that matter to the class. */

import type { SignedRows } from "../hadamard/signed-rows.js";
import { solve } from "../numerics/cholesky.js";
import { expand } from "./rounding.js";
import { StageChoice } from "./stages.js";

const { min } = Math;

/** A third changes hardly a row. */
const SWEEPS = 2;

/** What e is made small by: ‖Y·e‖² + λ·eᵀ·S·e + δ·‖e‖². */
export interface ClassMetric {
  /** Y, rows × features. */
  readonly rows: Float64Array;
  /** S, features × features, symmetric. */
  readonly covariance: Float64Array;
  /** λ */
  readonly share: number;
  /** δ */
  readonly damping: number;
}

/** One class's sums, kept up to date while its rows change. */
export class Sweep {
  readonly #n: number;
  readonly #shape: SignedRows;
  readonly #metric: ClassMetric;
  /** Y·e */
  readonly #ofRows: Float64Array;
  /** λ·S·e + δ·e */
  readonly #ofCovariance: Float64Array;
  readonly #assignment: Uint8Array;
  readonly #magnitudes: Float64Array;

  /**
   * @param error e = w − q, which is kept up to date
   * @param assignment of the class, stages × sub-vectors; it is changed, as are the `magnitudes`
   */
  constructor(
    readonly error: Float64Array,
    shape: SignedRows,
    metric: ClassMetric,
    assignment: Uint8Array,
    magnitudes: Float64Array,
  ) {
    this.#n = error.length;
    this.#shape = shape;
    this.#metric = metric;
    this.#assignment = assignment;
    this.#magnitudes = magnitudes;
    this.#ofRows = new Float64Array(metric.rows.length / error.length);
    this.#ofCovariance = new Float64Array(error.length);
  }

  run(): void {
    this.#multiply(this.error, this.#ofRows, this.#ofCovariance);
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      for (let j = 0; j < this.#shape.count; j++) this.#chooseAgain(j);
    }
    this.#fitMagnitudes();
  }

  /** Y·x and λ·S·x + δ·x. */
  #multiply(x: Float64Array, ofRows: Float64Array, ofCovariance: Float64Array): void {
    const { rows, covariance, share, damping } = this.#metric;
    const n = this.#n;
    for (let r = 0; r < ofRows.length; r++) ofRows[r] = dot(rows, r * n, x, n);
    for (let i = 0; i < n; i++) {
      ofCovariance[i] = share * dot(covariance, i * n, x, n) + damping * (x[i] as number);
    }
  }

  #chooseAgain(j: number): void {
    const [n, { width, stages, count }, error] = [this.#n, this.#shape, this.error];
    const first = j * width;
    const size = min(width, n - first);
    const before = this.#rounded(j, size);
    const choice = new StageChoice(width, size, this.#metricOf(first, size));
    const products = this.#productsOf(first, size);
    if (!choice.improve(products, this.#magnitudes, 0, stages, this.#assignment, j, count)) return;
    const change = this.#rounded(j, size).map((value, i) => (before[i] as number) - value);
    for (let i = 0; i < size; i++) error[first + i] = (error[first + i] as number) + (change[i] as number);
    this.#addChange(first, change);
  }

  #rounded(j: number, size: number): Float64Array {
    const { width, stages, count } = this.#shape;
    const row = new Uint8Array(1);
    const vector = new Int8Array(size);
    const sum = new Float64Array(size);
    for (let s = 0; s < stages; s++) {
      row[0] = this.#assignment[s * count + j] as number;
      expand(row, width, vector);
      for (let i = 0; i < size; i++) {
        sum[i] = (sum[i] as number) + (this.#magnitudes[s] as number) * (vector[i] as number);
      }
    }
    return sum;
  }

  #metricOf(first: number, size: number): Float64Array {
    const { rows, covariance, share, damping } = this.#metric;
    const n = this.#n;
    const metric = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      for (let k = 0; k <= i; k++) {
        let sum = share * (covariance[(first + i) * n + first + k] as number) + (i === k ? damping : 0);
        for (let at = first; at < rows.length; at += n)
          sum += (rows[at + i] as number) * (rows[at + k] as number);
        metric[i * size + k] = sum;
        metric[k * size + i] = sum;
      }
    }
    return metric;
  }

  #productsOf(first: number, size: number): Float64Array {
    const { rows } = this.#metric;
    const products = this.#ofCovariance.slice(first, first + size);
    for (let r = 0, at = first; at < rows.length; r++, at += this.#n) {
      const factor = this.#ofRows[r] as number;
      for (let i = 0; i < size; i++)
        products[i] = (products[i] as number) + factor * (rows[at + i] as number);
    }
    return products;
  }

  #addChange(first: number, change: Float64Array): void {
    const { rows, covariance, share, damping } = this.#metric;
    const [n, ofRows, ofCovariance] = [this.#n, this.#ofRows, this.#ofCovariance];
    for (let r = 0, at = first; at < rows.length; r++, at += n) {
      let sum = 0;
      for (let i = 0; i < change.length; i++) sum += (change[i] as number) * (rows[at + i] as number);
      ofRows[r] = (ofRows[r] as number) + sum;
    }
    for (let i = 0; i < change.length; i++) {
      const by = change[i] as number;
      if (by === 0) continue;
      const start = (first + i) * n;
      for (let k = 0; k < n; k++) {
        ofCovariance[k] = (ofCovariance[k] as number) + share * by * (covariance[start + k] as number);
      }
      ofCovariance[first + i] = (ofCovariance[first + i] as number) + damping * by;
    }
  }

  /** Least squares, as in error feedback. */
  #fitMagnitudes(): void {
    const [n, { width, stages, count }] = [this.#n, this.#shape];
    const rest = this.#productsOf(0, n);
    const signs = new Int8Array(n);
    const vectors = Array.from({ length: stages }, (_, s) => {
      expand(this.#assignment.subarray(s * count, (s + 1) * count), width, signs);
      return Float64Array.from(signs);
    });
    const products = vectors.map((vector) => {
      const [ofRows, ofCovariance] = [new Float64Array(this.#ofRows.length), new Float64Array(n)];
      this.#multiply(vector, ofRows, ofCovariance);
      return { ofRows, ofCovariance };
    });
    const gram = new Float64Array(stages * stages);
    const change = new Float64Array(stages);
    vectors.forEach((vector, s) => {
      change[s] = dot(vector, 0, rest, n);
      for (let t = 0; t <= s; t++) {
        const { ofRows, ofCovariance } = products[t] as (typeof products)[number];
        const other = (products[s] as (typeof products)[number]).ofRows;
        gram[s * stages + t] = dot(vector, 0, ofCovariance, n) + dot(other, 0, ofRows, ofRows.length);
      }
    });
    if (!solve(gram, stages, change)) return;
    vectors.forEach((vector, s) => {
      for (let i = 0; i < n; i++) {
        this.error[i] = (this.error[i] as number) - (change[s] as number) * (vector[i] as number);
      }
      const m = (this.#magnitudes[s] as number) + (change[s] as number);
      this.#magnitudes[s] = Math.abs(m);
      if (m >= 0) return;
      for (let k = s * count; k < (s + 1) * count; k++) {
        this.#assignment[k] = (this.#assignment[k] as number) ^ width;
      }
    });
  }
}

function dot(a: Float64Array, start: number, b: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (a[start + i] as number) * (b[i] as number);
  return sum;
}
