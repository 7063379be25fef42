import { Random } from "../../random.js";
import { orthonormalize } from "./orthonormal.js";
import type { Start } from "./start.js";

/** So many words before a word count for it. */
const WINDOW = 2;
const ITERATIONS = 2;

/**
 * Words that stand behind the same words have vectors that are alike: the rows of the matrix of positive pointwise mutual information (word,
 * word before it) in the span of its largest right singular vectors, at length 1. That span is found by subspace iteration from a random
 * one (Halko, Martinsson and Tropp, *Finding structure with randomness*, SIAM Review 2011).
 */
export const coOccurrences: Start = {
  name: "co-occurrences",
  text: true,
  async vectors({ source: { words, classes }, trunk: { features }, seed }) {
    if (words === null) throw new TypeError("co-occurrences are of a text");
    const table = mutualInformation(words, classes.length);
    const size = classes.length * features;
    let basis = orthonormalize(Float64Array.from(new Random(seed, "start").normals(size)), features);
    for (let k = 0; k < ITERATIONS; k++) {
      basis = orthonormalize(product(table, basis, features, "rows"), features);
      basis = orthonormalize(product(table, basis, features, "columns"), features);
    }
    const vectors = product(table, basis, features, "rows");
    for (let first = 0; first < size; first += features) {
      const vector = vectors.subarray(first, first + features);
      const length = Math.hypot(...vector);
      if (length > 0) for (let i = 0; i < features; i++) vector[i] /= length;
    }
    return Float32Array.from(vectors);
  },
};

/** Entries of a matrix that are not 0. */
interface Sparse {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** Of pairs that are met more often than by chance, the logarithm of how much more often. */
function mutualInformation(words: Int32Array, classes: number): Sparse {
  const pairs = new Map<number, number>();
  const asWord = new Float64Array(classes);
  const asContext = new Float64Array(classes);
  let total = 0;
  for (let at = 1; at < words.length; at++) {
    for (let back = 1; back <= Math.min(WINDOW, at); back++) {
      const [word, context] = [words[at], words[at - back]];
      const key = word * classes + context;
      pairs.set(key, (pairs.get(key) ?? 0) + 1);
      asWord[word]++;
      asContext[context]++;
      total++;
    }
  }
  const kept = [...pairs].flatMap(([key, count]) => {
    const [word, context] = [Math.floor(key / classes), key % classes];
    const value = Math.log((count * total) / (asWord[word] * asContext[context]));
    return value > 0 ? [{ word, context, value }] : [];
  });
  return {
    rows: Int32Array.from(kept, ({ word }) => word),
    columns: Int32Array.from(kept, ({ context }) => context),
    values: Float64Array.from(kept, ({ value }) => value),
  };
}

/** The square matrix by one of so many columns, or where `to` is "columns" its transpose by it. */
function product(
  { rows, columns, values }: Sparse,
  matrix: Float64Array,
  width: number,
  to: "rows" | "columns",
): Float64Array {
  const [into, from] = to === "rows" ? [rows, columns] : [columns, rows];
  const out = new Float64Array(matrix.length);
  for (let k = 0; k < values.length; k++) {
    const [at, source, value] = [into[k] * width, from[k] * width, values[k]];
    for (let i = 0; i < width; i++) out[at + i] += value * matrix[source + i];
  }
  return out;
}
