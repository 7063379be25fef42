/**
 * Seeded random numbers, the same on every machine: SplitMix32 (the 32-bit finaliser of MurmurHash3 over a Weyl sequence).
 */
function* words(seed: number): Generator<number, never> {
  let state = seed >>> 0;
  for (;;) {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    yield (z ^ (z >>> 16)) >>> 0;
  }
}

/** `length` values, uniform in [−bound, bound). */
export function randomUniform(length: number, bound: number, seed: number): Float32Array {
  const source = words(seed);
  return Float32Array.from({ length }, () => (source.next().value / 2 ** 31 - 1) * bound);
}
