/** First and second moments of rows that stream, in float64. */

import { addProducts } from "./products.js";

const { max, min } = Math;

/** Rows whose products are added at once. They are counted from the first row on: how rows were cut into pieces changes no bit. */
const BLOCK = 64;
/** Rows of the matrix between two yields. */
const STEP = 128;

/** What rows are like. */
export interface Moments {
  readonly rows: number;
  readonly mean: Float64Array;
  /** The lower triangle of the covariance, n × n, divided by the number of rows. */
  readonly covariance: Float64Array;
  /**
   * ρ of Ledoit and Wolf (*A well-conditioned estimator for large-dimensional covariance matrices*, 2004): (1 − ρ)·S + ρ·m·I, m the mean of
   * the diagonal of S, is what comes nearest to the covariance of all rows there could be. 1 where rows do not differ.
   */
  readonly shrinkage: number;
}

/**
 * Sums over rows of y = x − the first row, which keeps them small where the mean is large: Σ y, Σ y·yᵀ, and for the shrinkage Σ ‖y‖²·y and
 * Σ ‖y‖⁴.
 */
export class MomentSums {
  readonly #n: number;
  readonly #first: Float64Array;
  readonly #sum: Float64Array;
  readonly #products: Float64Array;
  readonly #ofSquares: Float64Array;
  #fourth = 0;
  /** Rows that are not in the products yet, n × BLOCK: a feature's values stand side by side. */
  readonly #block: Float64Array;
  #rows = 0;

  constructor(n: number) {
    this.#n = n;
    this.#first = new Float64Array(n);
    this.#sum = new Float64Array(n);
    this.#products = new Float64Array(n * n);
    this.#ofSquares = new Float64Array(n);
    this.#block = new Float64Array(n * BLOCK);
  }

  get rows(): number {
    return this.#rows;
  }

  /** Adds rows × n; yields now and then. */
  *add(x: Float32Array): Generator<void, void> {
    for (let start = 0; start < x.length; start += this.#n) {
      this.#addRow(x, start);
      if (this.#rows % BLOCK === 0) yield* this.#addBlock(BLOCK);
    }
  }

  /** The moments of all rows that were added; the sums are of no use any more. */
  *finish(): Generator<void, Moments> {
    yield* this.#addBlock(this.#rows % BLOCK);
    const [n, rows, sum, products] = [this.#n, this.#rows, this.#sum, this.#products];
    for (let i = 0; i < n; i++) sum[i] = (sum[i] as number) / rows;
    const shrinkage = yield* this.#center();
    const mean = sum.map((value, i) => value + (this.#first[i] as number));
    return { rows, mean, covariance: products, shrinkage };
  }

  #addRow(x: Float32Array, start: number): void {
    const [n, first, block] = [this.#n, this.#first, this.#block];
    if (this.#rows === 0) first.set(x.subarray(start, start + n));
    const column = this.#rows % BLOCK;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const y = (x[start + i] as number) - (first[i] as number);
      block[i * BLOCK + column] = y;
      squares += y * y;
    }
    for (let i = 0; i < n; i++) {
      const y = block[i * BLOCK + column] as number;
      this.#sum[i] = (this.#sum[i] as number) + y;
      this.#ofSquares[i] = (this.#ofSquares[i] as number) + squares * y;
    }
    this.#fourth += squares * squares;
    this.#rows++;
  }

  *#addBlock(columns: number): Generator<void, void> {
    const [n, values] = [this.#n, this.#block];
    const block = (row: number) => ({ values, start: row * BLOCK, stride: BLOCK });
    for (let i = 0; i < n; i += STEP) {
      const end = min(i + STEP, n);
      const out = { values: this.#products, start: i * n, stride: n };
      addProducts(out, 1, block(i), end - i, block(0), end, columns);
      yield;
    }
  }

  /** Makes the covariance of the products, and returns the shrinkage. */
  *#center(): Generator<void, number> {
    const [n, rows, mean, products] = [this.#n, this.#rows, this.#sum, this.#products];
    let [trace, ofMean, ofFirst, meanOfProducts, squares] = [0, 0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      ofMean += (mean[i] as number) ** 2;
      ofFirst += (mean[i] as number) * (this.#ofSquares[i] as number);
    }
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        const second = (products[i * n + j] as number) / rows;
        const both = (mean[i] as number) * (mean[j] as number);
        const covariance = second - both;
        products[i * n + j] = covariance;
        const times = i === j ? 1 : 2;
        meanOfProducts += times * both * second;
        squares += times * covariance * covariance;
      }
      trace += products[i * n + i] as number;
      if (i % STEP === 0) yield;
    }
    // Σ ‖y − mean‖⁴ / rows, multiplied out; the trace of Σ y·yᵀ / rows is that of the covariance and ‖mean‖².
    const fourth =
      this.#fourth / rows -
      (4 * ofFirst) / rows +
      4 * meanOfProducts +
      2 * ofMean * (trace + ofMean) -
      4 * ofMean * ofMean +
      ofMean * ofMean;
    const distance = squares - (trace * trace) / n;
    return distance > 0 ? min(1, max(0, (fourth - squares) / rows / distance)) : 1;
  }
}
