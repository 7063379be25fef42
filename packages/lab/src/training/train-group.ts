import { setImmediate } from "node:timers/promises";
import type { Run } from "./run.js";
import type { Source } from "./source.js";

export interface Watcher {
  /** After each step of a run. */
  onStep(run: Run, loss: number): void;
  /** After an epoch of a run, with the record of it among `run.records`, and after its failure. */
  onEpoch(run: Run): void;
}

/**
 * Trains runs of one seed until all are done or `stopped` says so: runs that stand at the same place get the same batch, which is read
 * once. Returns whether they are done.
 */
export async function trainGroup(
  runs: readonly Run[],
  source: Source,
  saveEvery: number,
  watcher: Watcher,
  stopped: () => boolean,
): Promise<boolean> {
  let saved = performance.now();
  for (;;) {
    const open = runs.filter((run) => !run.done);
    if (open.length === 0) return true;
    const place = (run: Run): number => run.position.epoch * source.stepsAnEpoch + run.position.step;
    const first = Math.min(...open.map(place));
    const epoch = Math.floor(first / source.stepsAnEpoch);
    const rows = source.at(epoch, first % source.stepsAnEpoch);
    for (const run of open.filter((one) => place(one) === first)) {
      watcher.onStep(run, await run.step(rows));
      if (run.position.epoch > epoch || run.failure !== null) watcher.onEpoch(run);
    }
    // Signals are heard between steps only.
    await setImmediate();
    const due = performance.now() - saved >= saveEvery * 1000;
    if (due || stopped()) {
      for (const run of runs) if (!run.done) run.save();
      saved = performance.now();
    }
    if (stopped()) return runs.every((run) => run.done);
  }
}
