import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../engine/index.js";
import { writeWhole } from "../files.js";
import { createHead } from "../heads/index.js";
import { methodSettings } from "../methods/settings.js";
import type { TrainOptions } from "../options/train.js";
import { Model, type ModelSpec } from "./model.js";
import { isBetter, type Score } from "./place.js";
import { type Group, type Planned, planRuns } from "./plan.js";
import type { RunResult, SweepRow } from "./result.js";
import { Run } from "./run.js";
import { CHECKPOINT_FILE } from "./run-settings.js";
import type { Source } from "./source.js";
import { trainGroup, type Watcher } from "./train-group.js";

export interface Experiment {
  readonly options: TrainOptions;
  readonly trunk: string;
  /** Rows in the order of a seed, of a fold where there are such. */
  readonly sourceOf: (seed: number, fold: number | null) => Source;
  readonly engine: Engine;
  readonly folder: string;
}

export interface Outcome {
  readonly runs: readonly RunResult[];
  readonly sweep: readonly SweepRow[];
  /** Whether all is done; otherwise it was interrupted. */
  readonly done: boolean;
}

export interface ExperimentWatcher extends Watcher {
  /** Before a group of runs goes on from where it is. */
  onGroup(group: Group, runs: readonly Run[]): void;
  /** When there is a result, now or from before. */
  onResult(planned: Planned, result: RunResult): void;
}

/** What a run left before the test part was looked at: enough to choose by. */
type Trained = (Score & { readonly text: boolean }) | { readonly accuracy: null };

const pathOf = ({ folder }: Experiment, planned: Planned, name: string): string =>
  join(folder, planned.folder, name);

function readJson<T>(path: string): T | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as T) : undefined;
}

const writeJson = (path: string, value: unknown): void =>
  writeWhole(path, `${JSON.stringify(value, null, 1)}\n`);

/** Trains what is not trained yet, chooses learning rates by the validation part, and looks at the test part for what was chosen. */
export async function runExperiment(
  experiment: Experiment,
  watcher: ExperimentWatcher,
  stopped: () => boolean,
): Promise<Outcome> {
  const groups = planRuns(experiment.options, experiment.trunk);
  const planned = groups.flat();
  const interrupted = (): Outcome => ({ runs: resultsOf(experiment, planned), sweep: [], done: false });
  const swept = experiment.options.sweep !== null;
  await refuseImpossible(experiment, planned);
  for (const group of groups) {
    if (!(await trainMissing(experiment, group, watcher, stopped))) return interrupted();
    if (!swept) await evaluateRuns(experiment, group, watcher, stopped);
  }
  const { chosen, sweep } = chooseRates(experiment, planned);
  if (swept) await evaluateRuns(experiment, chosen, watcher, stopped);
  if (stopped()) return interrupted();
  // Nothing goes on from the rates that were not chosen.
  for (const run of planned.filter((one) => !chosen.includes(one))) {
    rmSync(pathOf(experiment, run, CHECKPOINT_FILE), { force: true });
  }
  return { runs: resultsOf(experiment, chosen), sweep, done: true };
}

const resultsOf = (experiment: Experiment, planned: readonly Planned[]): RunResult[] =>
  planned.flatMap((run) => readJson<RunResult>(pathOf(experiment, run, "result.json")) ?? []);

/** A head that cannot be made for these classes and this trunk is told of before another one is trained for hours. */
async function refuseImpossible(experiment: Experiment, planned: readonly Planned[]): Promise<void> {
  const missing = planned.filter((run) => !existsSync(pathOf(experiment, run, "trained.json")));
  const heads = new Set(missing.map(({ head }) => head));
  if (heads.size < 2) return;
  const [{ seed, fold }] = missing;
  const source = experiment.sourceOf(seed, fold);
  const { engine } = experiment;
  const [first, ...others] = heads;
  const model = await Model.create(specOf(experiment, first, source), engine, { batch: 1, seed });
  try {
    const shape = { features: model.trunk.features, classes: source.classes.length, rows: 1 };
    for (const other of others) await (await createHead(other, shape, seed, engine)).release();
  } finally {
    await model.release();
  }
}

/** Whether all of them are trained now. */
async function trainMissing(
  experiment: Experiment,
  group: Group,
  watcher: ExperimentWatcher,
  stopped: () => boolean,
): Promise<boolean> {
  const missing = group.filter((planned) => !existsSync(pathOf(experiment, planned, "trained.json")));
  if (missing.length === 0) return true;
  if (stopped()) return false;
  const runs: Run[] = [];
  try {
    const [{ seed, fold }] = missing;
    const source = experiment.sourceOf(seed, fold);
    for (const planned of missing) runs.push(await open(experiment, planned, source));
    watcher.onGroup(missing, runs);
    if (!(await trainGroup(runs, source, experiment.options["save-every"], watcher, stopped))) return false;
    for (const [k, planned] of missing.entries()) {
      const { failure, best } = runs[k];
      if (failure !== null) writeJson(pathOf(experiment, planned, "result.json"), await runs[k].finish());
      else runs[k].save();
      const trained: Trained =
        failure !== null || best === null ? { accuracy: null } : { ...best, text: source.steps !== null };
      writeJson(pathOf(experiment, planned, "trained.json"), trained);
    }
    return true;
  } finally {
    for (const run of runs) await run.release();
  }
}

async function evaluateRuns(
  experiment: Experiment,
  planned: readonly Planned[],
  watcher: ExperimentWatcher,
  stopped: () => boolean,
): Promise<void> {
  for (const one of planned) {
    if (stopped()) return;
    const path = pathOf(experiment, one, "result.json");
    let result = readJson<RunResult>(path);
    if (result === undefined) {
      const run = await open(experiment, one, experiment.sourceOf(one.seed, one.fold));
      try {
        result = await run.finish();
        writeJson(path, result);
        run.dropCheckpoint();
      } finally {
        await run.release();
      }
    }
    watcher.onResult(one, result);
  }
}

const specOf = ({ options, trunk }: Experiment, head: string, source: Source): ModelSpec => ({
  trunk,
  norm: options.norm,
  head,
  shape: source.shape,
  features: options["head-features"],
  classes: source.classes.length,
  steps: source.steps,
});

function open(experiment: Experiment, planned: Planned, source: Source): Promise<Run> {
  const { options, engine, folder } = experiment;
  const { head, seed, fold, learningRate } = planned;
  const { steps, batch } = source;
  const settings = {
    spec: specOf(experiment, head, source),
    start: options.start,
    seed,
    fold,
    learningRate,
    batch,
    epochs: options.epochs,
    optimizer: options.optimizer,
    weightDecay: options["weight-decay"],
    schedule: options.schedule,
    patience: options.patience,
    // Recurrent trunks have gradients that are now and then many times as long.
    clip: options.clip ?? (steps === null ? 0 : 1),
    methods: methodSettings(options),
  };
  return Run.create(settings, { source, engine, folder: join(folder, planned.folder) });
}

/** For each head the rate with the best mean over seeds and folds, the first of several; where one of its runs failed, it is none. */
function chooseRates(experiment: Experiment, planned: readonly Planned[]) {
  if (experiment.options.sweep === null) return { chosen: planned, sweep: [] };
  const sweep: SweepRow[] = [];
  for (const head of experiment.options.heads) {
    const rates = experiment.options.sweep.map((learningRate) => {
      const runs = planned.filter((run) => run.head === head && run.learningRate === learningRate);
      return {
        learningRate,
        mean: meanOf(runs.map((run) => readJson<Trained>(pathOf(experiment, run, "trained.json")))),
      };
    });
    const best = rates.reduce((a, b) =>
      b.mean !== null && (a.mean === null || isBetter(b.mean, a.mean, b.mean.text)) ? b : a,
    );
    for (const rate of rates) {
      const { learningRate, mean } = rate;
      sweep.push({ head, learningRate, validationAccuracy: mean?.accuracy ?? null, chosen: rate === best });
    }
  }
  const chosen = planned.filter(({ head, learningRate }) =>
    sweep.some((row) => row.chosen && row.head === head && row.learningRate === learningRate),
  );
  return { chosen, sweep };
}

/** One failure is enough for none: a rate has to do for every seed. */
function meanOf(runs: readonly (Trained | undefined)[]) {
  const done = runs.flatMap((run) => (run === undefined || run.accuracy === null ? [] : [run]));
  if (done.length < runs.length) return null;
  const mean = (of: (run: Score) => number): number =>
    done.reduce((sum, run) => sum + of(run), 0) / done.length;
  return {
    accuracy: mean((run) => run.accuracy),
    nll: mean((run) => run.nll),
    text: done.some(({ text }) => text),
  };
}
