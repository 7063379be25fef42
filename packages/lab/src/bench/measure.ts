/** Times of steps, measured in turns, so that what else the machine does falls on all alike. */

export interface Timed {
  readonly name: string;
  step(): Promise<void>;
}

export interface Times {
  readonly name: string;
  readonly steps: number;
  /** The half of all steps took from `quarter` to `threeQuarters`. */
  readonly median: number;
  readonly quarter: number;
  readonly threeQuarters: number;
}

/** Turns before any is counted: JavaScript and WebAssembly are translated anew once they have run for a while. */
const WARM_UP = 5;
const LEAST_TURNS = 9;

/** @param seconds for all of them together, if nine turns are done by then */
export async function measure(timed: readonly Timed[], seconds: number): Promise<Times[]> {
  const times = timed.map((): number[] => []);
  let end = Number.POSITIVE_INFINITY;
  for (let turn = -WARM_UP; turn < LEAST_TURNS || performance.now() < end; turn++) {
    if (turn === 0) end = performance.now() + 1000 * seconds;
    for (const [k, { step }] of timed.entries()) {
      const began = performance.now();
      await step();
      if (turn >= 0) times[k].push(performance.now() - began);
    }
  }
  return timed.map(({ name }, k) => ({ name, steps: times[k].length, ...quartiles(times[k]) }));
}

function quartiles(times: readonly number[]) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))];
  return { median: at(0.5), quarter: at(0.25), threeQuarters: at(0.75) };
}
