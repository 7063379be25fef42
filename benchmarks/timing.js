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
    // Some before the time, which bring back what others have put out of the caches since the last run. On Intel the units of 512
    // bits are asleep too after other code, and take ten microseconds to wake up.
    time(Math.ceil(count / 4));
    return time(count) / count;
  };
}

const LEAST_ROUNDS = 7;
/**
 * A round counts where the machine gives nearly the most that it was seen to give. If there are too few such rounds, measuring goes on
 * for up to so many times as long, and those with the most count.
 */
export const UNDISTURBED = 0.97;
const PATIENCE = 5;

/** Looks at the machine, before and after each round. */
export class Watch {
  #best = 0;
  #look;

  /** @param {() => number} look what the machine gives at the moment: operations per second in a run of a few microseconds */
  constructor(look) {
    this.#look = look;
  }

  look() {
    const now = this.#look();
    this.#best = Math.max(this.#best, now);
    return now;
  }

  /** @param {number} given */
  isUndisturbed(given) {
    return given >= UNDISTURBED * this.#best;
  }
}

let core = new Watch(() => 1);

/**
 * Watches the core that measures: others may have a share of it, on its other hardware thread perhaps.
 * @param {() => number} look
 */
export function watchCore(look) {
  core = new Watch(look);
}

/**
 * Samples of named functions that measure something, called by turns: medians of them, or {@link ratio}.
 * @template {string} Name
 * @param {Record<Name, () => number>} contenders
 * @param {number} milliseconds
 * @returns {Record<Name, number[]>}
 */
export function byTurns(contenders, milliseconds, watch = core) {
  const entries = /** @type {[Name, () => number][]} */ (Object.entries(contenders));
  /** @type {{ times: number[], given: number }[]} */
  const rounds = [];
  const undisturbed = () => rounds.filter(({ given }) => watch.isUndisturbed(given)).length;
  const start = performance.now();
  const spent = () => performance.now() - start;
  const goOn = () =>
    rounds.length < LEAST_ROUNDS ||
    spent() < milliseconds ||
    (spent() < PATIENCE * milliseconds && undisturbed() < LEAST_ROUNDS);
  while (goOn()) {
    const before = watch.look();
    const times = entries.map(([, measure]) => measure());
    rounds.push({ times, given: Math.min(before, watch.look()) });
  }
  const kept = rounds.toSorted((a, b) => b.given - a.given).slice(0, Math.max(LEAST_ROUNDS, undisturbed()));
  const samples = entries.map(([name], i) => [name, kept.map(({ times }) => times[i])]);
  return Object.fromEntries(samples);
}

/**
 * The median over the rounds of one divided by the other.
 * @param {number[]} samples
 * @param {number[]} other
 */
export const ratio = (samples, other) => median(samples.map((value, i) => value / other[i]));
