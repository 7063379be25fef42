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
  /** Median milliseconds of a training step: the head's part, and all. */
  readonly stepMilliseconds: { readonly head: number; readonly all: number };
  readonly seconds: number;
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
