/**
 * The transform of `x[start … start + n)`, n a power of two, stages in descending stride (docs/numerics.md). Entries from `support` on
 * are padding: while both inputs of a stage cannot be features, it copies. Storing into the typed array does the rounding: to float32,
 * to float64 or modulo 2³². With `last`, a divisor of n, the stages end with that of stride `last`: they transform the columns of n / last
 * rows of so many elements, and n / last is the power of two.
 */
export function transform(
  x: Float32Array | Float64Array | Int32Array,
  start: number,
  n: number,
  support = n,
  last = 1,
): void {
  const end = start + n;
  for (let h = n >>> 1; h >= last; h >>>= 1) {
    for (let block = start; block < end; block += 2 * h) {
      if (support <= h) {
        x.copyWithin(block + h, block, block + h);
        continue;
      }
      for (let i = block; i < block + h; i++) {
        const a = x[i] as number;
        const b = x[i + h] as number;
        x[i] = a + b;
        x[i + h] = a - b;
      }
    }
  }
}
