import { type Inputs, sizeOf } from "../data/dataset.js";
import type { Engine } from "../engine/engine.js";
import { Products } from "./products.js";

export const DISTANCES = ["cosine", "euclidean"] as const;
export type DistanceName = (typeof DISTANCES)[number];

/** Query rows of a block. They are read again for each block of references, of which there are more in one where rows are short. */
const QUERIES = 256;
const MOST_REFERENCES = 8192;
const REFERENCE_NUMBERS = 2 ** 23;

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
  const fitting = Math.max(QUERIES, Math.min(MOST_REFERENCES, Math.floor(REFERENCE_NUMBERS / size)));
  const right = Math.min(fitting, references.rows);
  const multiply = await Products.create(engine, { left, right, size });
  const lists = distances.map((name) => new NearestLists(name, queries.rows, count));
  try {
    for (const reference of blocks(references.rows, right)) {
      references.gather(reference, multiply.right);
      const referenceSquares = new Float64Array(reference.length);
      squares(multiply.right, size, referenceSquares);
      for (const query of blocks(queries.rows, left)) {
        queries.gather(query, multiply.left);
        await multiply.run();
        for (const list of lists) list.offer(query, reference, multiply.products, referenceSquares, right);
      }
    }
  } finally {
    await multiply.release();
  }
  return Object.fromEntries(lists.map(({ name, rows }) => [name, rows])) as Record<DistanceName, Int32Array>;
}

function* blocks(rows: number, size: number): Generator<Int32Array> {
  for (let first = 0; first < rows; first += size)
    yield Int32Array.from({ length: Math.min(size, rows - first) }, (_, k) => first + k);
}

/** Of as many rows as `out` has places. */
function squares(x: Float32Array, size: number, out: Float64Array): void {
  for (let row = 0; row < out.length; row++) {
    let sum = 0;
    for (let k = row * size; k < (row + 1) * size; k++) sum += x[k] * x[k];
    out[row] = sum;
  }
}

/** For each of many, the rows at the least distance so far, sorted. */
class NearestLists {
  readonly rows: Int32Array;
  readonly #distances: Float64Array;
  readonly #count: number;

  constructor(
    readonly name: DistanceName,
    lists: number,
    count: number,
  ) {
    this.#count = count;
    this.rows = new Int32Array(lists * count).fill(-1);
    this.#distances = new Float64Array(lists * count).fill(Number.POSITIVE_INFINITY);
  }

  /**
   * A block of references for a block of lists; of products there are `stride` a list. References come in their order, so one at an equal
   * distance stays behind those that are there.
   */
  offer(
    lists: Int32Array,
    references: Int32Array,
    products: Float32Array,
    squares: Float64Array,
    stride: number,
  ): void {
    // Less what all of a list share: the cosine times −|query|, or the squared distance without the square of the query. A row of zeros is at a right
    // angle to all.
    const factors =
      this.name === "cosine" ? squares.map((square) => (square > 0 ? -1 / Math.sqrt(square) : 0)) : null;
    for (let i = 0; i < lists.length; i++) {
      const start = i * stride;
      let worst = this.#distances[(lists[i] + 1) * this.#count - 1];
      for (let k = 0; k < references.length; k++) {
        const product = products[start + k];
        const distance = factors === null ? squares[k] - 2 * product : product * factors[k];
        if (distance < worst) worst = this.#insert(lists[i], references[k], distance);
      }
    }
  }

  /** Gives the largest distance that is still in the list. */
  #insert(list: number, row: number, distance: number): number {
    const first = list * this.#count;
    let at = first + this.#count - 1;
    for (; at > first && this.#distances[at - 1] > distance; at--) {
      this.#distances[at] = this.#distances[at - 1];
      this.rows[at] = this.rows[at - 1];
    }
    this.#distances[at] = distance;
    this.rows[at] = row;
    return this.#distances[first + this.#count - 1];
  }
}
