// Times of things that are compared with each other: short runs of each, again and again by turns, and medians. What else the
// machine does then hits all of them or, mostly, none.

export function median(values) {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1];
}

/** What two looks at the clock take with nothing between them, in nanoseconds. */
const CLOCK = Math.min(
  ...Array.from({ length: 1000 }, () => {
    const start = performance.now();
    return (performance.now() - start) * 1e6;
  }),
);

/** Nanoseconds that `count` calls took. */
export function timeOf(run, count) {
  const start = performance.now();
  for (let i = 0; i < count; i++) run();
  return (performance.now() - start) * 1e6 - CLOCK;
}

const WARM_UP = 20;

/** Calls until the engine has compiled what it calls, as in any program that calls it often. */
export function warmUp(run) {
  const start = performance.now();
  while (performance.now() - start < WARM_UP) run();
}

/** A run of about `nanoseconds` of calls that may be repeated without end. @returns a function: nanoseconds for one call */
export function repeated(run, nanoseconds = 50_000) {
  warmUp(run);
  let count = 1;
  while (timeOf(run, count) < nanoseconds) count *= 2;
  return () => timeOf(run, count) / count;
}

/** The medians of named functions that measure something, called by turns. The samples are kept for {@link ratio}. */
export function byTurns(contenders, milliseconds, leastRounds = 7) {
  const entries = Object.entries(contenders);
  const samples = Object.fromEntries(entries.map(([name]) => [name, []]));
  const start = performance.now();
  for (let round = 0; round < leastRounds || performance.now() - start < milliseconds; round++) {
    for (const [name, measure] of entries) samples[name].push(measure());
  }
  return samples;
}

/** The median over the rounds of one divided by the other. */
export const ratio = (samples, other) => median(samples.map((value, i) => value / other[i]));
