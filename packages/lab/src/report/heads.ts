import { deviation, mean } from "../metrics/statistics.js";
import type { Evaluation, RunResult, SweepRow } from "../training/result.js";
import { isText } from "./measure.js";
import type { Source } from "./study.js";

export interface Spread {
  readonly mean: number;
  /** Of the sample; 0 of one value. */
  readonly deviation: number;
  readonly values: readonly number[];
}

export interface FinishedRun extends RunResult {
  readonly best: Evaluation;
  readonly last: Evaluation;
}

/** All finished runs of one head of one file, at the learning rate that was best on validation. */
export interface HeadSummary {
  readonly source: Source;
  /** With the file's name before it where there are several. */
  readonly name: string;
  readonly head: string;
  readonly learned: boolean;
  readonly learningRate: number;
  /** What each rate of a sweep reached; empty without one. */
  readonly rates: readonly SweepRow[];
  readonly runs: readonly FinishedRun[];
  /** Accuracy on validation, which choices are made by; all that follows is of the test part. */
  readonly validation: Spread;
  readonly top5: number;
  readonly nll: number;
  readonly ece: number;
  readonly calibratedNll: number;
  readonly calibratedEce: number;
  readonly temperature: number;
  readonly parameters: { readonly trunk: number; readonly head: number };
  readonly bytes: number;
  readonly stepMilliseconds: { readonly head: number; readonly all: number };
  /** Of all its runs together. */
  readonly seconds: number;
}

export interface Unfinished {
  readonly name: string;
  readonly run: RunResult;
}

/** The learned matrix that others are measured against. */
export const isDense = (head: string): boolean => /^(learned|dense)\b/.test(head);

/** Whether class vectors are found by gradients; those of product codes are too, before they are rounded to a code that is fixed. */
export const isLearned = (head: string): boolean => isDense(head) || /^cosine\b/.test(head);

export function spread(values: readonly number[]): Spread {
  return { mean: mean(values), deviation: deviation(values), values };
}

export function summariseHeads(source: Source, several: boolean): HeadSummary[] {
  const finished = source.results.runs.filter(isFinished);
  const summaries: HeadSummary[] = [];
  for (const [head, runs] of groupBy(finished, (run) => run.head)) {
    const [{ learningRate, own }] = [...groupBy(runs, (run) => run.learningRate)]
      .map(([rate, same]) => ({
        learningRate: rate,
        own: same,
        accuracy: mean(same.map((run) => run.best.validation.accuracy)),
        nll: mean(same.map((run) => run.best.validation.nll)),
      }))
      .sort((a, b) => (isText(source) ? 0 : b.accuracy - a.accuracy) || a.nll - b.nll);
    summaries.push({
      source,
      name: several ? `${source.name}: ${head}` : head,
      head,
      learned: isLearned(head),
      learningRate,
      rates: source.results.sweep.filter((row) => row.head === head),
      ...numbersOf(own),
      seconds: runs.reduce((sum, run) => sum + run.seconds, 0),
    });
  }
  return summaries;
}

export function unfinishedRuns(sources: readonly Source[]): Unfinished[] {
  return sources.flatMap(({ name, results }) =>
    results.runs
      .filter((run) => !isFinished(run))
      .map((run) => ({ name: sources.length > 1 ? `${name}: ${run.head}` : run.head, run })),
  );
}

const isFinished = (run: RunResult): run is FinishedRun =>
  run.status === "done" && run.best !== null && run.last !== null;

function numbersOf(runs: readonly FinishedRun[]) {
  const over = (value: (run: FinishedRun) => number): number => mean(runs.map(value));
  return {
    runs,
    validation: spread(runs.map((run) => run.best.validation.accuracy)),
    top5: over((run) => run.best.test.top5),
    nll: over((run) => run.best.test.nll),
    ece: over((run) => run.best.test.ece),
    calibratedNll: over((run) => run.best.test.calibrated.nll),
    calibratedEce: over((run) => run.best.test.calibrated.ece),
    temperature: over((run) => run.best.test.temperature),
    parameters: runs[0].parameters,
    bytes: runs[0].headBytes,
    stepMilliseconds: {
      head: over((run) => run.stepMilliseconds.head),
      all: over((run) => run.stepMilliseconds.all),
    },
  };
}

function groupBy<T, K>(values: readonly T[], key: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const group = groups.get(key(value));
    if (group === undefined) groups.set(key(value), [value]);
    else group.push(value);
  }
  return groups;
}
