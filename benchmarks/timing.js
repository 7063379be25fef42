// Times of things that are compared with each other: short runs of each, again and again by turns, and medians. What else the
// machine does then hits all of them or, mostly, none.

/** @param {number[]} values */
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

/**
 * A function that gives the nanoseconds that `count` calls of `run` take. Compiled by itself: a loop that calls many functions
 * calls each more slowly than a program does that has one.
 * @param {() => void} run
 */
export function timerOf(run) {
  const loop = new Function("run", "count", "for (let i = 0; i < count; i++) run();");
  /** @param {number} count */
  return (count) => {
    const start = performance.now();
    loop(run, count);
    return (performance.now() - start) * 1e6 - CLOCK;
  };
}

const WARM_UP = 20;

/**
 * Calls until the engine has compiled what it calls, as in any program that calls it often.
 * @param {() => void} run
 */
export function warmUp(run) {
  const start = performance.now();
  while (performance.now() - start < WARM_UP) run();
}

/**
 * A run of about `nanoseconds` of calls that may be repeated without end.
 * @param {() => void} run
 * @returns a function: nanoseconds for one call
 */
export function repeated(run, nanoseconds = 50_000) {
  warmUp(run);
  const time = timerOf(run);
  let count = 1;
  // More than once: an interruption must not make a call look long.
  while (Math.min(...Array.from({ length: 5 }, () => time(count))) < nanoseconds) count *= 2;
  return () => {
    // One before the time, which brings back what others have put out of the caches since the last run.
    time(1);
    return time(count) / count;
  };
}

/**
 * Where this is less than a fraction of the most that was seen, another program has a share of the core, on its other hardware
 * thread perhaps, and a round does not count. If there are no other rounds, measuring goes on for up to so many times as long.
 */
const UNDISTURBED = 0.97;
const PATIENCE = 5;
let speedOfCore = () => 1;
let fastestCore = 0;

/** @param {() => number} measure how many operations the core does at the moment, in a run of a few microseconds */
export function watchCore(measure) {
  speedOfCore = () => {
    const speed = measure();
    fastestCore = Math.max(fastestCore, speed);
    return speed;
  };
}

/**
 * Samples of named functions that measure something, called by turns: medians of them, or {@link ratio}.
 * @template {string} Name
 * @param {Record<Name, () => number>} contenders
 * @param {number} milliseconds
 * @returns {Record<Name, number[]>}
 */
export function byTurns(contenders, milliseconds, leastRounds = 7) {
  const entries = /** @type {[Name, () => number][]} */ (Object.entries(contenders));
  /** @type {{ times: number[], core: number }[]} */
  const rounds = [];
  const undisturbed = () => rounds.filter(({ core }) => core >= UNDISTURBED * fastestCore);
  const start = performance.now();
  const spent = () => performance.now() - start;
  const goOn = () =>
    rounds.length < leastRounds ||
    spent() < milliseconds ||
    (spent() < PATIENCE * milliseconds && undisturbed().length < leastRounds);
  while (goOn()) {
    const before = speedOfCore();
    const times = entries.map(([, measure]) => measure());
    rounds.push({ times, core: Math.min(before, speedOfCore()) });
  }
  const kept = undisturbed().length < leastRounds ? rounds : undisturbed();
  const samples = entries.map(([name], i) => [name, kept.map(({ times }) => times[i])]);
  return Object.fromEntries(samples);
}

/**
 * The median over the rounds of one divided by the other.
 * @param {number[]} samples
 * @param {number[]} other
 */
export const ratio = (samples, other) => median(samples.map((value, i) => value / other[i]));
