import type { Baseline, EpochRecord, RunResult } from "../training/result.js";

/** What is told while an experiment runs, in whatever form. */
export interface Progress {
  note(sentence: string): void;
  /** Several runs that go on together have one title. */
  begin(title: string, epochs: number): void;
  step(state: StepState): void;
  epoch(title: string, record: EpochRecord, epochs: number): void;
  failed(title: string, reason: string): void;
  result(title: string, result: RunResult): void;
  baseline(baseline: Baseline): void;
  /** Leaves the terminal as it was. */
  end(): void;
}

export interface StepState {
  /** Epochs so far, a fraction included. */
  readonly epochs: number;
  readonly loss: number;
  /** On the validation part, of the last epoch. */
  readonly accuracy: number | null;
  /** Rows of the training part, per second. */
  readonly rate: number;
}
