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

/** Before any turn is counted, so many and this share of the time: JavaScript and WebAssembly are translated anew once they have run for a while. */
const WARM_UP_TURNS = 5;
const WARM_UP_SHARE = 0.2;
const LEAST_TURNS = 9;

/** @param seconds for all of them together, if nine turns are done by then */
export async function measure(timed: readonly Timed[], seconds: number): Promise<Times[]> {
  const times = timed.map((): number[] => []);
  const takeTurns = async (
    least: number,
    milliseconds: number,
    onStep: (k: number, took: number) => void,
  ) => {
    const end = performance.now() + milliseconds;
    for (let turn = 0; turn < least || performance.now() < end; turn++)
      for (const [k, { step }] of timed.entries()) {
        const began = performance.now();
        await step();
        onStep(k, performance.now() - began);
      }
  };
  await takeTurns(WARM_UP_TURNS, 1000 * seconds * WARM_UP_SHARE, () => {});
  await takeTurns(LEAST_TURNS, 1000 * seconds, (k, took) => times[k].push(took));
  return timed.map(({ name }, k) => ({ name, steps: times[k].length, ...quartiles(times[k]) }));
}

function quartiles(times: readonly number[]) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))];
  return { median: at(0.5), quarter: at(0.25), threeQuarters: at(0.75) };
}
