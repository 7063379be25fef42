/** Seeded random numbers, the same on every machine. */

/** The 32-bit finaliser of MurmurHash3: a bijection that spreads every bit. */
function mix(z: number): number {
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}

const WEYL = 0x9e3779b9;

/** `length` values, uniform in [−bound, bound): SplitMix32, that is {@link mix} over a Weyl sequence. */
export function randomUniform(length: number, bound: number, seed: number): Float32Array {
  const values = new Float32Array(length);
  let state = seed >>> 0;
  for (let i = 0; i < length; i++) {
    state = (state + WEYL) >>> 0;
    values[i] = (mix(state) / 2 ** 31 - 1) * bound;
  }
  return values;
}

/**
 * Words of 32 bits from one of 2^32 streams of a seed: xoshiro128** of Blackman and Vigna, whose state of 128 bits keeps streams
 * apart that many masks are drawn from.
 */
export function randomStream(seed: number, stream: number): () => number {
  let a = mix(seed + WEYL);
  let b = mix(stream + Math.imul(WEYL, 2));
  let c = mix(seed ^ Math.imul(stream, 0x85ebca6b));
  let d = WEYL;
  const rotate = (v: number, k: number): number => (v << k) | (v >>> (32 - k));
  const next = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotate(d, 11);
    return result;
  };
  // States that are alike give first words that are alike, so these are dropped.
  for (let i = 0; i < 8; i++) next();
  return next;
}
