import { createFactor, type KroneckerFactor, normalised } from "./factor.js";

/**
 * Hadamard matrices of Williamson, *Hadamard's determinant theorem and the sum of four squares*, Duke Math. J. 11 (1944), of orders that
 * Paley has not. Up to 256 only 188 and 236 are left, and there is none of Williamson's either (Holzmann, Kharaghani, Tayfeh-Rezaie,
 * *Williamson matrices up to order 59*, Des. Codes Cryptogr. 46, 2008). Four symmetric circulant ±1 matrices with
 * A² + B² + C² + D² = 4n·1 make one of order 4n:
 *
 *      A  B  C  D
 *     −B  A −D  C
 *     −C  D  A −B
 *     −D −C  B  A
 *
 * Its first row and column are made +1 by changing signs of columns and rows. It is not symmetric.
 */

/** The first halves of the first rows of A, B, C and D, a(0) … a((n − 1)/2), as scripts/williamson.js finds them; a(i) = a(n − i). */
const FIRST_ROWS: ReadonlyMap<number, readonly string[]> = new Map([
  [92, ["+---++-+-+++", "+-----+++--+", "+++-+-+-++-+", "+--++-++++--"]],
  [116, ["+++---+++-+-+--", "+++--++-+-+----", "+++-++-+--+++-+", "+--+-+++++--++-"]],
  [156, ["+---+---+-++-++----+", "+-++------++--+-+-++", "++--+++-+--++-+-----", "+---+--++++----+-+-+"]],
  [
    172,
    ["+-+-+----+-++-++---++-", "+++-+++++---++++---+--", "+++---++-++++-+-++--+-", "++-++-++-+-+---+--++++"],
  ],
]);

/** Which of A, B, C and D stands in row i and column j of the array above is i ^ j; here are the signs. */
const ARRAY_SIGNS = [
  [1, 1, 1, 1],
  [-1, 1, -1, 1],
  [-1, 1, 1, -1],
  [-1, -1, 1, 1],
] as const;

export const hasWilliamson = (order: number): boolean => FIRST_ROWS.has(order);

/** @throws RangeError if there is no Williamson matrix of that order here */
export function williamson(order: number): KroneckerFactor {
  const firstRows = FIRST_ROWS.get(order);
  if (firstRows === undefined) throw new RangeError(`there is no Williamson matrix of order ${order}`);
  const n = order / 4;
  const circulant = firstRows.map((row) =>
    Int8Array.from({ length: n }, (_, i) => (row[Math.min(i, n - i)] === "+" ? 1 : -1)),
  );
  return createFactor(
    order,
    normalised(order, (i, j) => {
      const [p, q] = [Math.floor(i / n), Math.floor(j / n)];
      const sign = (ARRAY_SIGNS[p] as (typeof ARRAY_SIGNS)[0])[q] as number;
      return sign * ((circulant[p ^ q] as Int8Array)[(j - i + order) % n] as number);
    }),
  );
}
