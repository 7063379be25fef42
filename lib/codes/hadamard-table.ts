import { factorOf, type Order } from "../hadamard/orders.js";
import { type HadamardTable, maskWords } from "../table.js";
import { type ClassCode, LazyCode, once } from "./code.js";
import { coherence } from "./coherence.js";

/** A code whose vectors are rows of a Hadamard matrix, from what makes its table. */
export function hadamardCode(
  code: Pick<ClassCode, "name" | "options" | "order" | "initialScale" | "initialBias">,
  blocks: () => number,
  makeTable: () => HadamardTable,
): ClassCode {
  const table = once(makeTable);
  return new LazyCode({ normalised: true, ...code }, { blocks, table, coherence: () => coherence(table()) });
}

/** The table of rows of a Hadamard matrix; what is not given is the plainest there is. */
export function hadamardTable(
  matrix: Order,
  given: Pick<HadamardTable, "features" | "classes" | "segments"> & Partial<HadamardTable>,
): HadamardTable {
  const { order } = matrix;
  return {
    kind: "hadamard",
    order,
    factor: factorOf(matrix),
    columns: null,
    unit: 1 / Math.sqrt(given.features),
    masks: new Uint32Array(maskWords(order)),
    places: null,
    ...given,
  };
}

/** Appends runs of rows to segments; places are counted on. */
export class SegmentList {
  readonly #segments: number[] = [];
  #first = 0;

  add(block: number, row: number, sign: 1 | -1, rows: number): void {
    this.#segments.push(block, row, sign, this.#first, rows);
    this.#first += rows;
  }

  toTable(): Int32Array {
    return Int32Array.from(this.#segments);
  }
}
