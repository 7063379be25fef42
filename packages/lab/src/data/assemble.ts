import { Problem } from "../problem.js";
import { checkParts } from "./checks.js";
import type { Dataset, Part } from "./dataset.js";
import { Digest } from "./hash.js";
import { type Rows, SomeRows } from "./inputs.js";
import type { PartName } from "./names.js";
import { type DataOptions, DEFAULTS } from "./options.js";
import { stratified } from "./split.js";

/** What was read, before it is divided. */
export interface Source {
  readonly name: string;
  readonly path: string;
  readonly classes: readonly string[];
  readonly given: ReadonlyMap<PartName, GivenPart>;
  readonly options: DataOptions;
  /** Of contents and labels. */
  readonly hash: string;
  readonly notes: readonly string[];
}

export interface GivenPart {
  readonly inputs: Rows;
  readonly labels: Int32Array;
}

/** A data set that can be divided once more, for cross-validation. */
export interface Loaded extends Dataset {
  readonly source: Source;
}

/** Divides what has to be divided, and puts the rest beside it. */
export function assemble(source: Source): Loaded {
  const { given, classes, options, path } = source;
  const train = given.get("train");
  if (train === undefined)
    throw new Problem(`${path} has no training part. Name the file of the rows to learn from as well`);
  const split = stratified(
    train.labels,
    classes.length,
    {
      validation: given.has("validation") ? 0 : shareOf(options, "validation"),
      test: given.has("test") ? 0 : shareOf(options, "test"),
    },
    options.seed ?? DEFAULTS.seed,
  );
  const digest = new Digest();
  digest.text(source.hash);
  for (const rows of [split.train, split.validation, split.test]) {
    digest.text(String(rows.length));
    digest.numbers(rows);
  }
  const parts: Record<PartName, Part> = {
    train: picked(train, split.train),
    validation: given.get("validation") ?? picked(train, split.validation),
    test: given.get("test") ?? picked(train, split.test),
  };
  const notes = checkParts(
    path,
    { train: parts.train.labels, validation: parts.validation.labels, test: parts.test.labels },
    classes,
  );
  return {
    name: source.name,
    classes,
    ...parts,
    hash: digest.hex(),
    notes: [...source.notes, ...notes],
    source,
  };
}

function shareOf(options: DataOptions, part: "validation" | "test"): number {
  return options[part] ?? DEFAULTS[part];
}

function picked({ inputs, labels }: GivenPart, rows: Int32Array): Part {
  if (rows.length === labels.length) return { inputs, labels };
  return { inputs: new SomeRows(inputs, rows), labels: rows.map((row) => labels[row]) };
}
