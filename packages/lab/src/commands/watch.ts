import type { Progress } from "../progress/progress.js";
import type { ExperimentWatcher } from "../training/experiment.js";
import type { Planned } from "../training/plan.js";
import type { Run } from "../training/run.js";

/** What a reader of progress is told of an experiment. */
export function watcherOf(progress: Progress, onBegin: () => void): ExperimentWatcher {
  let mean = Number.NaN;
  let rows = 0;
  let began = 0;
  const titles = new Map<Run, string>();
  const titleOf = (run: Run): string => titles.get(run) ?? run.settings.spec.head;
  return {
    onGroup(group, runs) {
      onBegin();
      runs.forEach((run, k) => {
        titles.set(run, title(group[k]));
      });
      const [first] = group;
      const name = group.length === 1 ? title(first) : `seed ${first.seed}, ${group.length} runs`;
      progress.begin(name, runs[0].settings.epochs);
      mean = Number.NaN;
      rows = 0;
      began = performance.now();
    },
    onStep(run, loss) {
      // Of about the last fifty steps: single batches jump.
      mean = Number.isNaN(mean) ? loss : mean + (loss - mean) / 50;
      rows += run.settings.batch;
      progress.step({
        epochs: run.epochs,
        loss: mean,
        accuracy: run.records.at(-1)?.validationAccuracy ?? null,
        rate: (1000 * rows) / (performance.now() - began),
      });
    },
    onEpoch(run) {
      const record = run.records.at(-1);
      if (run.failure !== null) progress.failed(titleOf(run), run.failure);
      else if (record !== undefined) progress.epoch(titleOf(run), record, run.settings.epochs);
    },
    onResult(planned, result) {
      progress.result(title(planned), result);
    },
  };
}

function title({ head, seed, fold, learningRate, folder }: Planned): string {
  const parts = [head, `seed ${seed}`];
  if (fold !== null) parts.push(`fold ${fold}`);
  if (folder.includes(".lr-")) parts.push(`lr ${learningRate}`);
  return parts.join(", ");
}
