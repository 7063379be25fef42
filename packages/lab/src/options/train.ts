import { HEAD_NAMES, readHead } from "../heads/spec.js";
import { Problem } from "../problem.js";
import { OPTIMIZERS } from "../training/optimizers/index.js";
import { readSchedule, SCHEDULE_NAMES } from "../training/schedule.js";
import { START_NAMES, type StartName } from "../training/starts/index.js";
import { NORMS, type Norm, readTrunk } from "../trunks/index.js";
import { type Entry, entry, orNull } from "./entry.js";
import { METHOD_OPTIONS } from "./methods.js";
import { checked, integer, list, number, oneOf, type Reader, text } from "./readers.js";

const BASELINES = ["knn", "logistic", "none"] as const;

const learningRate = number(0, 1e30, { above: true });

/** A learning rate to try, `lr=1e-3` and further numbers. */
const sweep: Reader<readonly number[] | null> = (given, name) => {
  if (given === null) return null;
  const values = typeof given === "object" && !Array.isArray(given) ? (given as { lr?: unknown }).lr : given;
  const plain = typeof values === "string" ? values.replace(/^lr=/, "") : values;
  if (typeof values === "string" && plain === values && /=/.test(values)) {
    throw new Problem(`${name} is "${values}": only learning rates can be swept, as in lr=1e-4,1e-3,1e-2`);
  }
  return list(learningRate)(plain, name);
};

export const TRAIN_OPTIONS = {
  heads: entry(
    "<list>",
    `last layers to compare: ${HEAD_NAMES.join(", ")}, product:4, …`,
    list(checked(readHead)),
    ["learned", "hadamard"] as readonly string[],
  ),
  trunk: entry(
    "<spec>",
    "what stands in front of them: none, linear:512, mlp:512,512, conv:32,64,64, lstm:256; default by the data",
    orNull(checked(readTrunk)),
    null as string | null,
  ),
  norm: entry(
    "<name>",
    `normalisation in the trunk: ${NORMS.join(", ")}; default by the trunk`,
    orNull(oneOf(NORMS)),
    null as Norm | null,
  ),
  "head-features": entry(
    "<number>",
    "width of what a convolutional trunk gives the head",
    integer(1, 65_536),
    512,
  ),
  start: entry(
    "<name>",
    `where a head's learned matrix starts: ${START_NAMES.join(", ")}`,
    oneOf(START_NAMES),
    "random" as StartName,
  ),
  epochs: entry("<number>", "passes over the training part", integer(1, 100_000), 20),
  batch: entry(
    "<rows>",
    "rows of a step (default: 128); columns of a text (default: 32)",
    orNull(integer(1, 1_048_576)),
    null as number | null,
  ),
  optimizer: entry("<name>", OPTIMIZERS.join(", "), oneOf(OPTIMIZERS), "adam"),
  lr: entry("<rate>", "learning rate at its highest", learningRate, 2e-3),
  "weight-decay": entry("<number>", "of matrices and filters", number(0, 100), 0),
  clip: entry(
    "<length>",
    "longer gradients are shortened to it; 0: none; default by the trunk",
    orNull(number(0, 1e9)),
    null as number | null,
  ),
  schedule: entry(
    "<name>",
    `of the learning rate: ${SCHEDULE_NAMES.join(", ")}; cosine:0.05 rises first`,
    checked(readSchedule),
    "cosine",
  ),
  sweep: entry(
    "lr=<list>",
    "learning rates to try with every head; the best by validation is kept",
    sweep,
    null as readonly number[] | null,
  ),
  seeds: entry("<number>", "repetitions, each with other weights and another order", integer(1, 1000), 1),
  patience: entry(
    "<epochs>",
    "stop when so many epochs brought nothing better; 0: never",
    integer(0, 100_000),
    0,
  ),
  folds: entry("<number>", "cross-validation in so many parts; 0: none", integer(0, 1000), 0),
  groups: entry("<column|file>", "rows of one group stay in one part", orNull(text), null as string | null),
  label: entry("<column>", "the column or array of labels", orNull(text), null as string | null),
  columns: entry(
    "<list>",
    "columns of a table that are inputs; default: all but labels and groups",
    orNull(list(text)),
    null as readonly string[] | null,
  ),
  validation: entry("<share>", "of the training rows, where no such part is given", number(0, 0.9), 0.1),
  test: entry("<share>", "of all rows, where no such part is given", number(0, 0.9), 0.2),
  "split-seed": entry("<number>", "of the splits", integer(0, 2 ** 31 - 1), 0),
  standardize: entry(
    "<when>",
    "inputs at mean 0 and deviation 1 over the training part: auto (tables only), yes, no",
    oneOf(["auto", "yes", "no"]),
    "auto" as "auto" | "yes" | "no",
  ),
  hash: entry("<columns>", "columns of the hashed letters of a text", integer(16, 1_048_576), 4096),
  size: entry(
    "<pixels>",
    "images of a folder are brought to this side; default: theirs where it is the same and at most 64, else 32",
    orNull(integer(4, 512)),
    null as number | null,
  ),
  vocabulary: entry("<words>", "words of a text that are told apart", integer(3, 1_000_000), 10_000),
  tokens: entry(
    "<number>",
    "only the last so many words of a text to train on",
    orNull(integer(64, 2 ** 31)),
    null as number | null,
  ),
  evaluate: entry(
    "<number>",
    "only the last so many words of its other parts",
    orNull(integer(2, 2 ** 31)),
    null as number | null,
  ),
  memory: entry(
    "<megabytes>",
    "larger files stay on the disc and are read row by row",
    integer(1, 1_048_576),
    1024,
  ),
  engine: entry(
    "<name>",
    "what computes trunks and learned heads: native (onnxruntime-node), embedded (WebAssembly), auto",
    oneOf(["auto", "native", "embedded"]),
    "auto" as "auto" | "native" | "embedded",
  ),
  baselines: entry("<list>", `methods without a trunk: ${BASELINES.join(", ")}`, list(oneOf(BASELINES)), [
    "knn",
    "logistic",
  ] as readonly (typeof BASELINES)[number][]),
  "save-every": entry("<seconds>", "how often a run keeps where it is", number(0, 86_400), 30),
  ...METHOD_OPTIONS,
} satisfies Record<string, Entry<never> | Entry<unknown>>;

type Table = typeof TRAIN_OPTIONS;
export type TrainOptions = { readonly [K in keyof Table]: Table[K]["initial"] };

const NAMES = Object.keys(TRAIN_OPTIONS) as (keyof Table)[];

/** Flags over file over defaults; `place` names the file. */
export function resolveTrainOptions(
  flags: Readonly<Record<string, unknown>>,
  file: Readonly<Record<string, unknown>> = {},
  place = "",
): TrainOptions {
  const unknown = Object.keys(file).find((name) => !Object.hasOwn(TRAIN_OPTIONS, name));
  if (unknown !== undefined) {
    throw new Problem(`${place}: "${unknown}" is no option; there are ${NAMES.join(", ")}`);
  }
  const resolved = NAMES.map((name) => {
    const { read, initial } = TRAIN_OPTIONS[name] as Entry<unknown>;
    if (flags[name] !== undefined) return [name, read(flags[name], `--${name}`)];
    if (file[name] !== undefined) return [name, read(file[name], `${place}: ${name}`)];
    return [name, initial];
  });
  return Object.fromEntries(resolved) as TrainOptions;
}
