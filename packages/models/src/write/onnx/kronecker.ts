import type { HadamardTable } from "fixed-classifier";
import type { GraphBuilder } from "./builder.js";

/** B ⊗ Sylvester(2^m); B is null where the order is a power of two. */
export type HadamardMatrix = Pick<HadamardTable, "order" | "factor">;

/**
 * What one more product costs, in multiplications an element: its node, and reading and writing all elements. Measured in
 * onnxruntime-node, where orders up to 64 are fastest as one matrix, up to 4,096 as two.
 */
const PRODUCT = 60;

/**
 * The orders of matrices whose Kronecker product is the matrix, with the fewest multiplications: a vector of M = Πf elements takes M·Σf
 * instead of M². B is in the first of them.
 */
export function factorOrders({ order, factor }: HadamardMatrix): number[] {
  const b = factor?.order ?? 1;
  const bits = Math.log2(order / b);
  let best = [order];
  let least = order + PRODUCT;
  for (let count = 2; count <= bits + 1; count++) {
    for (let first = 0; first <= bits - count + 1; first++) {
      if (b * 2 ** first === 1) continue;
      const rest = evenly(bits - first, count - 1);
      const orders = [b * 2 ** first, ...rest.map((m) => 2 ** m)];
      const cost = orders.reduce((sum, n) => sum + n + PRODUCT, 0);
      if (cost < least) [best, least] = [orders, cost];
    }
  }
  return best;
}

/** The larger ones first. */
function evenly(bits: number, parts: number): number[] {
  return Array.from({ length: parts }, (_, i) => Math.floor((bits + parts - 1 - i) / parts));
}

/** (−1)^popcount(i & j) */
export function sylvester(i: number, j: number): number {
  let bits = i & j;
  bits ^= bits >> 16;
  bits ^= bits >> 8;
  bits ^= bits >> 4;
  bits ^= bits >> 2;
  bits ^= bits >> 1;
  return bits & 1 ? -1 : 1;
}

/** The entry in row i and column j of B ⊗ Sylvester(order / b). */
function entry({ order, factor }: HadamardMatrix, i: number, j: number): number {
  if (factor === null) return sylvester(i, j);
  const length = order / factor.order;
  const words = Math.ceil(factor.order / 32);
  const [p, q] = [Math.floor(i / length), Math.floor(j / length)];
  const sign = (factor.signs[p * words + (q >> 5)] >>> (q & 31)) & 1 ? -1 : 1;
  return sign * sylvester(i % length, j % length);
}

/** Which part of ±H is wanted, of how many blocks of columns. */
export interface Part {
  /** Copies of the features, each of `columns` elements. */
  readonly blocks: number;
  /** The columns of H that have a feature: so many, from `first` on. */
  readonly first: number;
  readonly columns: number;
  /** Rows from 0 on; those from M on are the rows of −H. */
  readonly rows: number;
  /** ±1: what all is multiplied by. */
  readonly sign: number;
}

/** Of a transform: `value` is rows × (blocks · length). */
export interface Transformed {
  readonly value: string;
  /** Elements of a block, at least the rows that were wanted. */
  readonly length: number;
}

/**
 * The smallest block of columns that `transform` takes: the features are to be padded to it. With one matrix that is as many as there
 * are; otherwise the first factor has a column for each `rest` of them.
 */
export function paddedColumns(matrix: HadamardMatrix, { first, columns }: Pick<Part, "first" | "columns">) {
  const orders = factorOrders(matrix);
  if (orders.length === 1) return { before: 0, columns };
  const rest = matrix.order / orders[0];
  return { before: first, columns: rest * Math.ceil((first + columns) / rest) };
}

/**
 * Σ_j ±H[i][j]·x_j for every block of `value`, rows × blocks × columns, padded. H is a Kronecker product: the first factor goes from the
 * left over matrices of order × rest, the last from the right over all of them at once.
 */
export function transform(g: GraphBuilder, value: string, matrix: HadamardMatrix, part: Part): Transformed {
  const { order, factor } = matrix;
  const [head, ...rest] = factorOrders(matrix);
  const last = rest.pop();
  const signOf = (row: number): number => (row < order ? part.sign : -part.sign);
  if (last === undefined) {
    const right = dense(part.columns, part.rows, (j, i) => {
      return signOf(i) * entry(matrix, i % order, part.first + j);
    });
    const product = g.node("MatMul", [value, g.floats("hadamard", [part.columns, part.rows], right)]);
    return {
      value: part.blocks === 1 ? product : g.reshape(product, [0, part.blocks * part.rows]),
      length: part.rows,
    };
  }
  const width = order / head;
  const columns = Math.ceil((part.first + part.columns) / width);
  const rows = Math.ceil(part.rows / width);
  const left = dense(rows, columns, (i, j) => {
    return signOf(i * width) * entry({ order: head, factor }, i % head, j);
  });
  const fromLeft = (y: string): string => {
    const matrix = g.floats(`hadamard_${head}`, [rows, columns], left);
    return g.node("MatMul", [matrix, g.reshape(y, [0, part.blocks, columns, width])]);
  };
  const others = (y: string, before: number): string => {
    let [product, length, done] = [y, width, before];
    for (const f of rest) {
      length /= f;
      product = g.node("MatMul", [sylvesterMatrix(g, f), g.reshape(product, [0, done, f, length])]);
      done *= f;
    }
    return product;
  };
  const fromRight = (y: string): string => g.node("MatMul", [y, sylvesterMatrix(g, last)]);
  // The one that makes fewer elements comes first, the one that makes more comes last.
  const y =
    rows <= columns
      ? fromRight(others(fromLeft(value), part.blocks * rows))
      : fromLeft(others(fromRight(g.reshape(value, [0, -1, last])), part.blocks * columns));
  return { value: g.reshape(y, [0, part.blocks * rows * width]), length: rows * width };
}

function sylvesterMatrix(g: GraphBuilder, order: number): string {
  const name = `hadamard_${order}`;
  return g.shared(name, () => g.floats(name, [order, order], dense(order, order, sylvester)));
}

export function dense(rows: number, columns: number, at: (i: number, j: number) => number): Float32Array {
  const values = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) values[i * columns + j] = at(i, j);
  return values;
}
