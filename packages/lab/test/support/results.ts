import { Scorer } from "../../src/metrics/scorer.js";
import { testScores } from "../../src/metrics/test-scores.js";
import { Random } from "../../src/random.js";
import type {
  Evaluation,
  MethodResults,
  OodResult,
  Results,
  RunResult,
  TestScores,
} from "../../src/training/result.js";

export interface Made {
  readonly classes: number;
  readonly heads?: readonly string[];
  readonly seeds?: number;
  readonly epochs?: number;
  readonly rows?: number;
  /** Whether classes are of unequal size. */
  readonly skewed?: boolean;
  /** Whether rows are words of a text. */
  readonly text?: boolean;
  readonly nameOf?: (index: number) => string;
  readonly learningRates?: readonly number[];
  readonly sweep?: Results["sweep"];
  /** Whether every method left something. */
  readonly methods?: boolean;
  readonly folds?: number;
  readonly hash?: string;
  readonly name?: string;
  /** Shifts what heads reach. */
  readonly strength?: number;
}

const TEMPERATURE = 2;
/** Of the logits: more than how sure they may be, so that temperature has what to mend. */
const SCALE = 4;

/** Results as a training would leave them, from logits that are drawn: all figures agree with each other. */
export function madeResults(made: Made): Results {
  const { classes, heads = ["learned", "cosine", "hadamard", "product:8"], seeds = 3 } = made;
  const counts = Array.from({ length: classes }, (_, k) =>
    made.skewed === true ? Math.max(2, Math.round(500 / (k + 1))) : 50,
  );
  const folds = made.folds === undefined ? [null] : Array.from({ length: made.folds }, (_, fold) => fold);
  const runs: RunResult[] = [];
  for (const [index, head] of heads.entries())
    for (const learningRate of made.learningRates ?? [0.01])
      for (let seed = 0; seed < seeds; seed++)
        for (const fold of folds) runs.push(madeRun(made, index, head, learningRate, seed, fold, counts));
  const rows = made.rows ?? 400;
  return {
    format: "fixed-classifier-lab 1",
    data: {
      name: made.name ?? "made",
      hash: made.hash ?? "sha256:0123456789abcdef",
      classes: Array.from({ length: classes }, (_, k) => made.nameOf?.(k) ?? `class ${k}`),
      shape: made.text === true ? [] : [16],
      rows: { train: counts.reduce((a, b) => a + b), validation: rows, test: rows },
      counts,
      notes: ["Column 3 is constant."],
    },
    options: {
      heads,
      epochs: made.epochs ?? 5,
      seeds,
      lr: [...(made.learningRates ?? [0.01])],
      trunk: "mlp:512",
    },
    command: "npx fixed-classifier train made.npz --heads learned,hadamard --epochs 5",
    environment: {
      lab: "0.1.0",
      core: "0.1.0",
      node: "20.20.2",
      cpu: "A processor",
      platform: "linux x64",
      engine: "native (onnxruntime-node 1.30.0)",
      backend: "native avx2",
    },
    runs,
    sweep: made.sweep ?? [],
    baselines: [
      { name: "k-nearest neighbours", test: drawn(made, 0.6, 900, counts), seconds: 1.2 },
      { name: "logistic regression", test: drawn(made, 0.8, 901, counts), seconds: 3.4 },
    ],
    seconds: 100,
  };
}

/** What `failure` says, in place of what the run reached. */
export const failed = (run: RunResult, failure: string): RunResult => ({
  ...run,
  status: "failed",
  failure,
  epochs: run.epochs.slice(0, 2),
  best: null,
  last: null,
});

function madeRun(
  made: Made,
  index: number,
  head: string,
  learningRate: number,
  seed: number,
  fold: number | null,
  counts: readonly number[],
): RunResult {
  const { classes, epochs = 5 } = made;
  const strength = (made.strength ?? 1) - 0.03 * index - Math.abs(Math.log10(learningRate / 0.01)) / 10;
  const number = seed + 100 * (fold ?? 0);
  const at = (epoch: number, share: number): Evaluation => {
    const test = drawn(made, strength * share, number, counts);
    return { epoch, validation: { accuracy: test.accuracy + 0.001, nll: test.nll - 0.01 }, test };
  };
  const best = at(Math.max(1, epochs - 1), 1);
  const random = new Random(number, head);
  return {
    head,
    seed,
    fold,
    learningRate,
    status: "done",
    failure: null,
    epochs: Array.from({ length: epochs }, (_, i) => {
      const share = 1 - Math.exp(-(3 * (i + 1)) / epochs);
      const accuracy = best.test.accuracy * share * (1 + 0.01 * (random.uniform() - 0.5));
      const loss = best.test.nll + 2 * (1 - share) + 0.05 * random.uniform();
      return {
        epoch: i + 1,
        learningRate: learningRate * (1 - i / epochs),
        trainLoss: loss * 0.8,
        trainAccuracy: Math.min(1, accuracy * 1.04),
        validationLoss: loss,
        validationAccuracy: Math.min(1, accuracy),
        scale: head === "learned" ? null : 8 + 6 * share + 0.2 * random.uniform(),
        seconds: 1,
      };
    }),
    best,
    last: at(epochs, 0.99),
    ...(made.methods === true ? { methods: methodsOf(made, strength, number, counts, best) } : {}),
    parameters: { trunk: 8192, head: head === "learned" ? 513 * classes : 1 + classes },
    headBytes: head === "learned" ? 2052 * classes : 64 + 4 * classes,
    stepMilliseconds: { head: head === "learned" ? 1.234 : 0.0567, all: 4.5 + 0.1 * index },
    seconds: epochs + seed,
  };
}

function methodsOf(
  made: Made,
  strength: number,
  number: number,
  counts: readonly number[],
  best: Evaluation,
): MethodResults {
  const better = { ...best, test: drawn(made, strength * 1.05, number, counts) };
  const scores = (auroc: number) => ({ auroc, aupr: auroc - 0.05, fpr95: 1 - auroc });
  const strange = (name: string, auroc: number): OodResult => ({
    name,
    rows: { inside: 400, outside: 300 },
    temperature: 1,
    meanEnergy: { inside: -7.25 - auroc, outside: -4.5 },
    energy: scores(auroc),
    softmax: scores(auroc - 0.02),
    lengths: number % 2 === 0 ? scores(auroc + 0.01) : null,
  });
  return {
    averaged: { name: "pswa:10", best: better, last: better },
    ood: [strange("held out", 0.9), strange("digits.npy", 0.8)],
    tuned:
      number === 1
        ? { failure: "the loss is NaN in step 12" }
        : {
            failure: null,
            margins: { inside: -8, outside: -3 },
            validation: best.validation,
            test: drawn(made, strength * 0.97, number, counts),
            ood: [strange("held out", 0.95)],
          },
    density: { energies: { real: -1.5, sample: -1.25 }, pictures: number === 0 ? PICTURE : null },
  };
}

/** Two pixels. */
const PICTURE =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAAAAADRSSBWAAAAC0lEQVR4nGNg+A8AAQIBAEK+vGgAAAAASUVORK5CYII=";

const NOISE = new Random("noise").normals(1 << 18, 1);

/** The same rows for all heads of a seed, with some chance of their own, so that pairing has what to cancel. */
function drawn(
  { classes, rows = 400 }: Made,
  strength: number,
  seed: number,
  counts: readonly number[],
): TestScores {
  const random = new Random(seed, "rows");
  const total = counts.reduce((a, b) => a + b);
  const before = new Scorer(classes);
  const after = new Scorer(classes, TEMPERATURE);
  for (let row = 0; row < rows; row++) {
    let left = random.integer(total);
    const label = counts.findIndex((count) => {
      left -= count;
      return left < 0;
    });
    const start = random.integer(NOISE.length - classes);
    const logits = NOISE.slice(start, start + classes).map((value) => 2 * SCALE * value);
    logits[label] += SCALE * strength * (4 + 1.5 * Math.log(classes)) * (0.5 + random.uniform());
    before.add(logits, [label]);
    after.add(logits, [label]);
  }
  return testScores(before, after, TEMPERATURE);
}
