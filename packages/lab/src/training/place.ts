import type { EpochRecord, Evaluation, RunResult } from "./result.js";

export type Score = Evaluation["validation"];

/** Those that are kept in files of their own. */
export type Weights = "best" | "last" | "averaged-best" | "averaged-last" | "tuned";

/** Where a run is: with the arrays of its model and its optimiser all that it needs to go on, bit for bit. */
export interface Progress {
  epoch: number;
  step: number;
  lossSum: number;
  correct: number;
  records: EpochRecord[];
  best: Looked | null;
  failure: string | null;
  seconds: number;
  stepMilliseconds: RunResult["stepMilliseconds"];
  /** Of averaged weights, where there are such: what the best and the last reached. */
  averaged: { readonly best: Looked; readonly last: Looked } | null;
}

/** An epoch and what it reached on the validation part. */
export interface Looked {
  readonly epoch: number;
  readonly validation: Score;
}

export const atStart = (): Progress => ({
  epoch: 0,
  step: 0,
  lossSum: 0,
  correct: 0,
  records: [],
  best: null,
  failure: null,
  seconds: 0,
  stepMilliseconds: { head: 0, all: 0 },
  averaged: null,
});

/** More right answers; as many, but with more probability. Of words, few of which can be foretold, the probability is what counts. */
export function isBetter(a: Score, b: Score, text: boolean): boolean {
  if (text || a.accuracy === b.accuracy) return a.nll < b.nll;
  return a.accuracy > b.accuracy;
}
