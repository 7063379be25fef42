import type { FixedClassifier } from "fixed-classifier";

/** Rows of unit vectors that go through a head at a time. */
const ROWS = 32;

/** The vectors of the first classes, one behind the other: logits of unit vectors are, but for the bias, a column of them each. */
export function classVectors(head: FixedClassifier, count: number): Float64Array {
  const { features, classes, bias } = head;
  const vectors = new Float64Array(count * features);
  for (let first = 0; first < features; first += ROWS) {
    const rows = Math.min(ROWS, features - first);
    const unit = new Float32Array(rows * features);
    for (let row = 0; row < rows; row++) unit[row * features + first + row] = 1;
    const logits = head.forward(unit);
    for (let row = 0; row < rows; row++)
      for (let c = 0; c < count; c++)
        vectors[c * features + first + row] = logits[row * classes + c] - (bias?.[c] ?? 0);
  }
  return vectors;
}

/** Cosines between all pairs of vectors, count × count; of a vector of zeros they are 0. */
export function gramMatrix(vectors: Float64Array, count: number): Float64Array {
  const size = vectors.length / count;
  const unit = vectors.slice();
  for (let c = 0; c < count; c++) {
    const vector = unit.subarray(c * size, (c + 1) * size);
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) for (let i = 0; i < size; i++) vector[i] /= length;
  }
  const gram = new Float64Array(count * count);
  for (let a = 0; a < count; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let i = 0; i < size; i++) sum += unit[a * size + i] * unit[b * size + i];
      gram[a * count + b] = gram[b * count + a] = Math.max(-1, Math.min(1, sum));
    }
  }
  return gram;
}
