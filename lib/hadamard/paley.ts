import { createFactor, type Entry, type KroneckerFactor, normalised } from "./factor.js";
import { createField, type Field, primePower } from "./galois.js";

/**
 * Hadamard matrices of Paley, *On orthogonal matrices*, J. Math. Phys. 12 (1933), in a symmetric form whose first row and column
 * are +1, so that the transform by one of them undoes itself and is its own transpose.
 */

/** Type I has order q + 1 with q ≡ 3 mod 4, type II 2(q + 1) with q ≡ 1 mod 4; q a prime power. Type I where both exist. */
export function paleyType(order: number): { type: 1 | 2; q: number } | null {
  if (order % 4 !== 0) return null;
  if (primePower(order - 1)) return { type: 1, q: order - 1 };
  const q = order / 2 - 1;
  return q % 4 === 1 && primePower(q) ? { type: 2, q } : null;
}

/** @throws RangeError if there is no Paley matrix of that order */
export function paley(order: number): KroneckerFactor {
  const found = paleyType(order);
  const power = found && primePower(found.q);
  if (!found || !power) throw new RangeError(`there is no Paley matrix of order ${order}`);
  const field = createField(power.p, power.k);
  return createFactor(order, found.type === 1 ? typeOne(field) : typeTwo(field));
}

/** 1 for a square other than 0, −1 for what is no square, 0 for 0. */
const quadraticCharacter =
  ({ logarithm }: Field) =>
  (a: number): number =>
    a === 0 ? 0 : (logarithm[a] as number) % 2 === 0 ? 1 : -1;

/** χ(i + j), −1 where i + j = 0: Paley's matrix of χ(j − i) with its rows in the order of −i, which makes it symmetric. */
function typeOne(field: Field): Entry {
  const character = quadraticCharacter(field);
  return (i, j) => (i === 0 || j === 0 ? 1 : character(field.add(i - 1, j - 1)) || -1);
}

/** C ⊗ [[1, 1], [1, −1]] + I ⊗ [[1, −1], [−1, −1]] with the symmetric conference matrix C, normalised. */
function typeTwo(field: Field): Entry {
  const character = quadraticCharacter(field);
  const { order: q, characteristic: p, add } = field;
  // −a is the sum of p − 1 times a; χ(−1) = 1, but j − i has to be right.
  const opposite = Int32Array.from({ length: q }, (_, a) => {
    let sum = 0;
    for (let n = 1; n < p; n++) sum = add(sum, a);
    return sum;
  });
  const conference: Entry = (i, j) => {
    if (i === j) return 0;
    return i === 0 || j === 0 ? 1 : character(add(j - 1, opposite[i - 1] as number));
  };
  const raw: Entry = (i, j) => {
    const [a, b] = [i & 1, j & 1];
    if (i >> 1 === j >> 1) return a === 0 && b === 0 ? 1 : -1;
    return conference(i >> 1, j >> 1) * (a === 1 && b === 1 ? -1 : 1);
  };
  return normalised(2 * (q + 1), raw);
}
