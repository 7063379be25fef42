/**
 * Milliseconds of each of several functions, the least of many calls that take turns: what else the machine does then slows all of them,
 * and the least is the time without it.
 * @param {Record<string, () => unknown>} functions
 * @param {number} milliseconds for all of them together, about; each runs three times at least
 * @returns {Promise<Record<string, number>>}
 */
export async function timed(functions, milliseconds) {
  const names = Object.keys(functions);
  const least = Object.fromEntries(names.map((name) => [name, Number.POSITIVE_INFINITY]));
  const end = performance.now() + milliseconds;
  for (let round = 0; round < 3 || performance.now() < end; round++) {
    for (const name of names) {
      const start = performance.now();
      await functions[name]();
      least[name] = Math.min(least[name], performance.now() - start);
    }
  }
  return least;
}

/** @param {number} milliseconds */
export function shown(milliseconds) {
  return milliseconds < 100 ? milliseconds.toPrecision(3) : milliseconds.toFixed(0);
}

/**
 * Numbers in ±1, the same for a seed.
 * @param {number} count
 * @param {number} seed
 */
export function numbers(count, seed) {
  let state = seed + 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}
