// How long one row takes in a head, by the number of classes.

/** The width of the features. */
export const FEATURES = 512;

export const CLASS_COUNTS = [10, 32, 100, 316, 1_000, 3_162, 10_000, 31_623, 100_000, 316_228, 1_000_000];

/** Microseconds a row; `dense` is null where its matrix is larger than the memory that it may take. */
export interface Timing {
  readonly classes: number;
  readonly fixed: number;
  readonly dense: number | null;
}

export const denseBytes = (classes: number): number => 4 * FEATURES * classes;

/** Milliseconds: engines compile what has run for a while. */
const WARM_UP = 20;
/** Clocks of browsers tick once a millisecond or so, so short calls are timed many at a time. */
const SHORTEST = 5;
const BUDGET = 150;
const FEWEST = 5;

/**
 * The median time of a call in milliseconds.
 *
 * @param rest is awaited between samples, so that whoever waits for a message gets it
 */
export async function medianTime(
  call: () => void,
  rest: () => Promise<void>,
  now: () => number = () => performance.now(),
): Promise<number> {
  const elapsed = (calls: number): number => {
    const start = now();
    for (let i = 0; i < calls; i++) call();
    return now() - start;
  };
  let calls = 1;
  for (const end = now() + WARM_UP; ; ) {
    // The shortest of some: another program may have had the processor in one.
    if (Math.min(elapsed(calls), elapsed(calls), elapsed(calls)) < SHORTEST) calls *= 2;
    else if (now() >= end) break;
  }
  const samples: number[] = [];
  for (const end = now() + BUDGET; samples.length < FEWEST || now() < end; ) {
    samples.push(elapsed(calls) / calls);
    await rest();
  }
  return samples.sort((a, b) => a - b)[samples.length >> 1] as number;
}

/**
 * The time of a dense head of more classes than were measured: it multiplies by every weight, so it grows with their number.
 *
 * @param last the largest that was measured
 */
export const extrapolate = (classes: number, last: { classes: number; dense: number }): number =>
  (last.dense * classes) / last.classes;
