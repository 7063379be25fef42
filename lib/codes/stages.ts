/** The choice of the signed rows of one sub-vector, one for each stage, with the magnitudes given. */

import { transform } from "../numerics/transform.js";

const { abs } = Math;

/** How often all stages are chosen anew, each with the others as they are. Hardly a sub-vector changes after the third time. */
const MOST_SWEEPS = 4;

/**
 * Rows that make r = t − Σ m_σ·ε_σ·h_ρ(σ) small, by rᵀ·D·r with D the metric of the sub-vector: stage after stage, then each again.
 */
export class StageChoice {
  readonly #width: number;
  readonly #size: number;
  readonly #metric: Float64Array;
  /** H·D·Hᵀ, width × width: what a row takes from the products of all others. */
  readonly #gram: Float64Array;
  /** H·D·r. */
  readonly #products: Float64Array;

  /** @param metric D, size × size, symmetric; a last sub-vector has a size below the width */
  constructor(width: number, size: number, metric: Float64Array) {
    this.#width = width;
    this.#size = size;
    this.#metric = metric;
    this.#products = new Float64Array(width);
    this.#gram = gramOf(width, size, metric);
  }

  /**
   * Writes the rows to `out`, from `at` on and `apart` from each other: ρ, or ρ + width for −h_ρ. Of rows that are as good the lowest is
   * taken, and + where the product is 0.
   */
  choose(
    target: Float64Array,
    first: number,
    magnitudes: Float64Array,
    from: number,
    stages: number,
    out: Uint8Array,
    at: number,
    apart: number,
  ): void {
    this.#start(target, first);
    for (let s = 0; s < stages; s++) {
      const m = magnitudes[from + s] as number;
      const row = this.#best(m);
      out[at + s * apart] = row;
      this.#subtract(row, m);
    }
    if (stages > 1) this.#sweep(magnitudes, from, stages, out, at, apart);
  }

  /**
   * Chooses again what {@link choose} wrote, by D·r as it is: `products`.
   *
   * @returns whether a row has changed
   */
  improve(
    products: Float64Array,
    magnitudes: Float64Array,
    from: number,
    stages: number,
    out: Uint8Array,
    at: number,
    apart: number,
  ): boolean {
    this.#products.fill(0);
    this.#products.set(products.subarray(0, this.#size));
    transform(this.#products, 0, this.#width);
    return this.#sweep(magnitudes, from, stages, out, at, apart);
  }

  #sweep(
    magnitudes: Float64Array,
    from: number,
    stages: number,
    out: Uint8Array,
    at: number,
    apart: number,
  ): boolean {
    let sweep = 0;
    for (let changed = true; changed && sweep < MOST_SWEEPS; sweep++) {
      changed = false;
      for (let s = 0; s < stages; s++) {
        const m = magnitudes[from + s] as number;
        const before = out[at + s * apart] as number;
        this.#subtract(before, -m);
        const row = this.#best(m);
        this.#subtract(row, m);
        out[at + s * apart] = row;
        changed ||= row !== before;
      }
    }
    return sweep > 1;
  }

  #start(target: Float64Array, first: number): void {
    const [size, metric, products] = [this.#size, this.#metric, this.#products];
    products.fill(0);
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += (metric[i * size + k] as number) * (target[first + k] as number);
      products[i] = sum;
    }
    transform(products, 0, this.#width);
  }

  /** Of m·ε·h the change of rᵀ·D·r is m²·h·D·h − 2·m·ε·h·D·r. */
  #best(m: number): number {
    const [width, products, gram] = [this.#width, this.#products, this.#gram];
    let best = 0;
    let least = Infinity;
    for (let row = 0; row < width; row++) {
      const change = m * (gram[row * width + row] as number) - 2 * abs(products[row] as number);
      if (change < least) {
        best = row;
        least = change;
      }
    }
    return (products[best] as number) < 0 ? best + width : best;
  }

  #subtract(row: number, m: number): void {
    const [width, products, gram] = [this.#width, this.#products, this.#gram];
    const at = (row & (width - 1)) * width;
    const factor = row < width ? m : -m;
    for (let k = 0; k < width; k++) {
      products[k] = (products[k] as number) - factor * (gram[at + k] as number);
    }
  }
}

/** H·D·Hᵀ: the transform of D's columns, then of what that gives by rows. */
function gramOf(width: number, size: number, metric: Float64Array): Float64Array {
  const half = new Float64Array(size * width);
  for (let i = 0; i < size; i++) {
    half.set(metric.subarray(i * size, (i + 1) * size), i * width);
    transform(half, i * width, width);
  }
  const gram = new Float64Array(width * width);
  for (let row = 0; row < width; row++) {
    for (let i = 0; i < size; i++) gram[row * width + i] = half[i * width + row] as number;
    transform(gram, row * width, width);
  }
  return gram;
}
