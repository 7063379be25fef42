/**
 * Normally distributed values, the same in every run: xorshift and the method of Box and Muller.
 * @param {number} length
 */
export function normal(length, seed = 1) {
  let state = (seed * 2654435761) | 1;
  const uniform = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 0.5) / 2 ** 32;
  };
  return Float32Array.from(
    { length },
    () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}

/** @param {Float32Array} x */
export const norm = (x) => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
