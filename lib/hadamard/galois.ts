/**
 * The field of q = p^k elements. An element is a number below q: its digits in base p are the coefficients of a polynomial
 * over GF(p), the lowest first. Multiplication is modulo the smallest primitive polynomial, as a number of that kind, so the
 * powers of x (of a primitive root, for k = 1) are all elements but 0.
 */
export interface Field {
  readonly order: number;
  readonly characteristic: number;
  add(a: number, b: number): number;
  multiply(a: number, b: number): number;
  /** x^i for 0 ≤ i < q − 1. */
  readonly power: Int32Array;
  /** i with x^i = a; that of 0 means nothing. */
  readonly logarithm: Int32Array;
}

/** @throws RangeError if q = p^k has no field, that is if p is no prime */
export function createField(p: number, k: number): Field {
  const order = p ** k;
  for (let tail = 1; tail < order; tail++) {
    const power = powersOfX(p, k, tail);
    if (power === null) continue;
    const logarithm = new Int32Array(order);
    power.forEach((a, i) => {
      logarithm[a] = i;
    });
    const multiply = (a: number, b: number): number =>
      a === 0 || b === 0
        ? 0
        : (power[((logarithm[a] as number) + (logarithm[b] as number)) % (order - 1)] as number);
    const add = p === 2 ? (a: number, b: number) => a ^ b : (a: number, b: number) => addDigits(p, a, b);
    return { order, characteristic: p, add, multiply, power, logarithm };
  }
  throw new RangeError(`there is no field of ${p}^${k} elements`);
}

/** The powers of x modulo x^k + tail; null if they are not all elements but 0, that is if the polynomial is not primitive. */
function powersOfX(p: number, k: number, tail: number): Int32Array | null {
  const order = p ** k;
  const top = order / p;
  const power = new Int32Array(order - 1);
  let element = 1;
  for (let i = 0; i < order - 1; i++) {
    if ((i > 0 && element === 1) || element === 0) return null;
    power[i] = element;
    const carry = Math.floor(element / top);
    element = (element % top) * p;
    // x^k = −tail
    for (let n = 0; n < carry; n++) element = addDigits(p, element, negative(p, tail));
  }
  return element === 1 ? power : null;
}

function addDigits(p: number, a: number, b: number): number {
  let sum = 0;
  for (let unit = 1; a > 0 || b > 0; unit *= p) {
    sum += (((a % p) + (b % p)) % p) * unit;
    a = Math.floor(a / p);
    b = Math.floor(b / p);
  }
  return sum;
}

function negative(p: number, a: number): number {
  let result = 0;
  for (let unit = 1; a > 0; unit *= p) {
    result += ((p - (a % p)) % p) * unit;
    a = Math.floor(a / p);
  }
  return result;
}

/** Absolute trace of an element of GF(2^m), 0 or 1: a + a² + a⁴ + … + a^(2^(m−1)). */
export function trace({ order, multiply }: Field, a: number): number {
  let sum = 0;
  let term = a;
  for (let size = order; size > 1; size /= 2) {
    sum ^= term;
    term = multiply(term, term);
  }
  return sum;
}

/** p and k with q = p^k and p prime; null if there are none. */
export function primePower(q: number): { p: number; k: number } | null {
  if (q < 2) return null;
  let p = 2;
  while (q % p !== 0 && p * p <= q) p++;
  if (q % p !== 0) p = q;
  let k = 0;
  let rest = q;
  for (; rest % p === 0; rest /= p) k++;
  return rest === 1 ? { p, k } : null;
}
