import { type Inputs, sizeOf } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import { Products } from "./products.js";

export const DISTANCES = ["cosine", "euclidean"] as const;
export type DistanceName = (typeof DISTANCES)[number];

/** Rows of a block: one of queries is read again for each block of the others, so that is the larger one. */
const QUERIES = 256;
const REFERENCES = 2048;

/**
 * The nearest reference rows of each query row, by each distance that is asked for: queries × count, the nearest first. Of several at the
 * same distance the one that comes first among the references is the nearer.
 */
export async function nearest(
  queries: Inputs,
  references: Inputs,
  count: number,
  distances: readonly DistanceName[],
  engine: Engine,
): Promise<Record<DistanceName, Int32Array>> {
  const size = sizeOf(queries);
  const left = Math.min(QUERIES, queries.rows);
  const right = Math.min(REFERENCES, references.rows);
  const multiply = await Products.create(engine, { left, right, size });
  const lists = distances.map((name) => ({ name, list: new NearestLists(queries.rows, count) }));
  try {
    for (const reference of blocks(references.rows, right)) {
      references.gather(reference, multiply.right);
      const rightSquares = squares(multiply.right, reference.length, size);
      for (const query of blocks(queries.rows, left)) {
        queries.gather(query, multiply.left);
        const leftSquares = squares(multiply.left, query.length, size);
        await multiply.run();
        for (const { name, list } of lists) {
          const distance = name === "cosine" ? cosine : euclidean;
          for (let i = 0; i < query.length; i++) {
            const products = multiply.products.subarray(i * right, i * right + reference.length);
            for (let k = 0; k < products.length; k++)
              list.offer(query[i], reference[k], distance(products[k], leftSquares[i], rightSquares[k]));
          }
        }
      }
    }
  } finally {
    await multiply.release();
  }
  return Object.fromEntries(lists.map(({ name, list }) => [name, list.rows])) as Record<
    DistanceName,
    Int32Array
  >;
}

/** 1 − cos; a row of zeros has no direction and is at 1 from all. */
function cosine(product: number, left: number, right: number): number {
  const lengths = Math.sqrt(left * right);
  return lengths > 0 ? 1 - product / lengths : 1;
}

/** Squared: the order is the same. */
const euclidean = (product: number, left: number, right: number): number => left + right - 2 * product;

function* blocks(rows: number, size: number): Generator<Int32Array> {
  for (let first = 0; first < rows; first += size)
    yield Int32Array.from({ length: Math.min(size, rows - first) }, (_, k) => first + k);
}

function squares(x: Float32Array, rows: number, size: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let k = row * size; k < (row + 1) * size; k++) sum += x[k] * x[k];
    return sum;
  });
}

/** For each of many, the rows at the least distance so far, sorted. */
class NearestLists {
  readonly rows: Int32Array;
  readonly #distances: Float64Array;
  readonly #count: number;

  constructor(lists: number, count: number) {
    this.#count = count;
    this.rows = new Int32Array(lists * count).fill(-1);
    this.#distances = new Float64Array(lists * count).fill(Number.POSITIVE_INFINITY);
  }

  /** Rows come in their order, so one at an equal distance stays behind those that are there. */
  offer(list: number, row: number, distance: number): void {
    const first = list * this.#count;
    let at = first + this.#count - 1;
    if (!(distance < this.#distances[at])) return;
    for (; at > first && this.#distances[at - 1] > distance; at--) {
      this.#distances[at] = this.#distances[at - 1];
      this.rows[at] = this.rows[at - 1];
    }
    this.#distances[at] = distance;
    this.rows[at] = row;
  }
}
