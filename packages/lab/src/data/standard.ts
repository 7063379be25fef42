import { product } from "./arrays.js";
import { type Rows, StandardRows } from "./inputs.js";
import type { Standard } from "./layout.js";

/** Mean and deviation of the training rows at the given places of a row. A place that never changes keeps its mean only. */
export function standardOf(inputs: Rows, places: readonly number[]): Standard {
  const width = product(inputs.shape);
  const mean = new Float64Array(places.length);
  const squares = new Float64Array(places.length);
  const step = Math.max(1, Math.floor(2 ** 17 / width));
  const values = new Float64Array(step * width);
  let seen = 0;
  for (let from = 0; from < inputs.rows; from += step) {
    const rows = Math.min(step, inputs.rows - from);
    inputs.gather(
      Int32Array.from({ length: rows }, (_, i) => from + i),
      values,
    );
    for (let row = 0; row < rows; row++) {
      seen++;
      places.forEach((place, k) => {
        // Welford's: exact where the mean is far larger than the deviation.
        const off = values[row * width + place] - mean[k];
        mean[k] += off / seen;
        squares[k] += off * (values[row * width + place] - mean[k]);
      });
    }
  }
  const factor = Array.from(squares, (sum) => (sum > 0 ? 1 / Math.sqrt(sum / seen) : 1));
  return { places, mean: Array.from(mean), factor };
}

export function standardized(inputs: Rows, standard: Standard | null): Rows {
  if (standard === null) return inputs;
  const width = product(inputs.shape);
  const mean = new Float64Array(width);
  const factor = new Float64Array(width).fill(1);
  standard.places.forEach((place, k) => {
    mean[place] = standard.mean[k];
    factor[place] = standard.factor[k];
  });
  return new StandardRows(inputs, mean, factor);
}
