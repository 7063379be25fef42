import type { OodScores } from "../metrics/ood.js";

/** What an experiment leaves: results.json, which the table, the report and `compare` are made of. Plain data. */

/** Names are those of the options. */
export interface Results {
  readonly format: "fixed-classifier-lab 1";
  readonly data: DataSummary;
  /** Everything that was chosen, defaults included, under the names of the options. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The command that repeats it. */
  readonly command: string;
  readonly environment: Environment;
  readonly runs: readonly RunResult[];
  readonly baselines: readonly Baseline[];
  /** What each learning rate of a sweep reached; the runs are of the chosen ones. Empty without a sweep. */
  readonly sweep: readonly SweepRow[];
  /** Of its runs and baselines together. */
  readonly seconds: number;
}

export interface DataSummary {
  readonly name: string;
  readonly hash: string;
  readonly classes: readonly string[];
  readonly shape: readonly number[];
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  /** Examples of each class in the training part. */
  readonly counts: readonly number[];
  readonly notes: readonly string[];
}

export interface Environment {
  readonly lab: string;
  readonly core: string;
  readonly node: string;
  readonly cpu: string;
  readonly platform: string;
  /** "native (onnxruntime-node 1.30.0)". */
  readonly engine: string;
  /** Of the fixed heads: "native avx2". */
  readonly backend: string;
}

/** One head with one seed and, where there are such, one fold and one learning rate. */
export interface RunResult {
  readonly head: string;
  readonly seed: number;
  readonly fold: number | null;
  readonly learningRate: number;
  readonly status: "done" | "failed" | "interrupted";
  /** Why it failed, a sentence. */
  readonly failure: string | null;
  readonly epochs: readonly EpochRecord[];
  /** The epoch, from 1, that did best on the validation part, and what it reached on both. */
  readonly best: Evaluation | null;
  /** The same of the last epoch. */
  readonly last: Evaluation | null;
  readonly parameters: { readonly trunk: number; readonly head: number };
  readonly headBytes: number;
  /** Left out where no method was asked for. */
  readonly methods?: MethodResults;
  /** Median milliseconds of a training step: the head's part, and all. */
  readonly stepMilliseconds: { readonly head: number; readonly all: number };
  readonly seconds: number;
}

/** What methods beside plain training left. */
export interface MethodResults {
  /** Of the averaged weights, chosen by validation as the others are; null where there are none. */
  readonly averaged: { readonly name: string; readonly best: Evaluation; readonly last: Evaluation } | null;
  /** How well rows of no class are told from the test part, by the weights of the last epoch. */
  readonly ood: readonly OodResult[];
  /** The same after fine-tuning with margins; null without. */
  readonly tuned: Tuned | null;
  /** A density that was trained along; null without. */
  readonly density: DensityResult | null;
}

export interface OodResult {
  /** Of the rows that are of no class. */
  readonly name: string;
  readonly rows: { readonly inside: number; readonly outside: number };
  readonly temperature: number;
  readonly meanEnergy: { readonly inside: number; readonly outside: number };
  readonly energy: OodScores;
  /** By the largest probability. */
  readonly softmax: OodScores;
  /** Energies of a fixed head's logits without dividing rows by their length, which says how sure a network is; null for others. */
  readonly lengths: OodScores | null;
}

export type Tuned =
  | { readonly failure: string }
  | {
      readonly failure: null;
      readonly margins: { readonly inside: number; readonly outside: number };
      readonly validation: Evaluation["validation"];
      readonly test: TestScores;
      readonly ood: readonly OodResult[];
    };

export interface DensityResult {
  /** Mean energies of the last step. */
  readonly energies: { readonly real: number; readonly sample: number };
  /** A data URL of samples, where inputs are pictures. */
  readonly pictures: string | null;
}

export interface EpochRecord {
  readonly epoch: number;
  readonly learningRate: number;
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
  readonly scale: number | null;
  readonly seconds: number;
}

export interface Evaluation {
  readonly epoch: number;
  readonly validation: { readonly accuracy: number; readonly nll: number };
  readonly test: TestScores;
}

/** Accuracies are fractions, NLL is in nats a row. */
export interface TestScores {
  readonly rows: number;
  readonly accuracy: number;
  readonly top5: number;
  readonly nll: number;
  /** Expected calibration error over 15 bins of equal width (Guo et al., ICML 2017), a fraction. */
  readonly ece: number;
  /** What logits are divided by, chosen on the validation part. */
  readonly temperature: number;
  readonly calibrated: { readonly nll: number; readonly ece: number };
  readonly reliability: { readonly before: readonly Bin[]; readonly after: readonly Bin[] };
  /** Accuracy on the rows of most confidence, for each share of them. */
  readonly coverage: readonly { readonly share: number; readonly accuracy: number }[];
  readonly perClass: readonly ClassScores[];
  /** Rows of class i (by i) that were taken for class j; null where classes are more than 30. */
  readonly confusion: readonly (readonly number[])[] | null;
  /** The pairs taken for each other most often. */
  readonly worstPairs: readonly {
    readonly label: number;
    readonly predicted: number;
    readonly count: number;
  }[];
  /** One bit a test row, lowest first in each byte, whether it was right: base64. Two runs are compared row by row by it. */
  readonly correct: string;
}

export interface Bin {
  readonly confidence: number;
  readonly accuracy: number;
  readonly count: number;
}

export interface ClassScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Rows of the class in the test part. */
  readonly support: number;
}

export interface SweepRow {
  readonly head: string;
  readonly learningRate: number;
  /** Mean of the best epochs over seeds and folds; null where all runs failed. */
  readonly validationAccuracy: number | null;
  readonly chosen: boolean;
}

/** What a method without a trunk reaches on the same inputs. */
export interface Baseline {
  readonly name: string;
  readonly test: TestScores;
  readonly seconds: number;
}
