/** Random numbers that a seed repeats (mulberry32). */
export function randomOf(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return (x ^ (x >>> 14)) >>> 0;
  };
  return {
    /** An integer from 0, below a limit. */
    below: (limit) => Math.floor((next() / 2 ** 32) * limit),
    of: (list) => list[Math.floor((next() / 2 ** 32) * list.length)],
    chance: (part) => next() / 2 ** 32 < part,
  };
}
