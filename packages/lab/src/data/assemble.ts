import { Problem } from "../problem.js";
import { checkGroups, checkParts } from "./checks.js";
import type { Dataset, Part } from "./dataset.js";
import { Digest } from "./hash.js";
import { JoinedRows, type Rows, SomeRows } from "./inputs.js";
import { joined } from "./labels.js";
import type { Layout } from "./layout.js";
import type { PartName } from "./names.js";
import { type DataOptions, DEFAULTS } from "./options.js";
import { type Divisible, folds, rowsWhere, type Shares, type Split, split } from "./split.js";
import { standardized, standardOf } from "./standard.js";

/** What was read, before it is divided. */
export interface Source {
  readonly name: string;
  readonly path: string;
  readonly given: ReadonlyMap<PartName, GivenPart>;
  readonly options: DataOptions;
  readonly layout: Omit<Layout, "standard">;
  /** Places of a row that are brought to mean 0 and deviation 1; null where none are. */
  readonly measured: readonly number[] | null;
  /** Of contents, labels and groups. */
  readonly hash: string;
  readonly notes: readonly string[];
}

export interface GivenPart extends Divisible {
  readonly inputs: Rows;
}

/** A data set that other files can be read like, and that can be divided once more. */
export interface Loaded extends Dataset {
  readonly layout: Layout;
  readonly source: Source;
}

/** Divides what is not divided by its files. */
export function assemble(source: Source): Loaded {
  const { given, options } = source;
  const train = trainOf(source);
  if (options.folds !== undefined) poolOf(source, options.folds);
  const shares = {
    validation: given.has("validation") ? 0 : shareOf(options, "validation"),
    test: given.has("test") ? 0 : shareOf(options, "test"),
  };
  checkShares(shares);
  const rows = split(train, shares, options.seed ?? DEFAULTS.seed);
  const parts = {
    train: picked(train, rows.train),
    validation: given.get("validation") ?? picked(train, rows.validation),
    test: given.get("test") ?? picked(train, rows.test),
  };
  return finished(source, parts, rows);
}

/**
 * One of `count` data sets for cross-validation: each row is in the test part of one of them, and validation is split off from the rest.
 * Where a test part was given, it stays, and each row is in the validation part of one of them.
 */
export function foldOf({ source }: Loaded, fold: number, count: number): Loaded {
  const { given, options } = source;
  const pool = poolOf(source, count);
  if (!Number.isInteger(fold) || fold < 0 || fold >= count)
    throw new RangeError(`fold ${fold} is none of 0 to ${count - 1}`);
  const seed = options.seed ?? DEFAULTS.seed;
  const test = given.get("test");
  const validation = given.get("validation");
  const folded = folds(pool, count, seed);
  const out = rowsWhere(folded, fold);
  const rest = folded.map((own) => (own === fold ? 1 : 0));
  const others = rowsWhere(rest, 0);
  if (test !== undefined) {
    const rows: Split = { train: others, validation: out, test: new Int32Array() };
    return finished(source, { train: picked(pool, others), validation: picked(pool, out), test }, rows);
  }
  const share = (shareOf(options, "validation") * pool.labels.length) / others.length;
  const shares = { validation: validation === undefined ? share : 0, test: 0 };
  checkShares(shares);
  const inner = split(picked(pool, others), shares, seed);
  const rows: Split = {
    train: inner.train.map((k) => others[k]),
    validation: inner.validation.map((k) => others[k]),
    test: out,
  };
  const parts = {
    train: picked(pool, rows.train),
    validation: validation ?? picked(pool, rows.validation),
    test: picked(pool, out),
  };
  return finished(source, parts, rows);
}

/** The rows that are divided into folds, if they are enough. */
export function poolOf(source: Source, count: number): GivenPart {
  const { given, path } = source;
  if (!Number.isInteger(count) || count < 2) throw new Problem(`--folds ${count}: it takes 2 folds at least`);
  const train = trainOf(source);
  const validation = given.get("validation");
  const pool = given.has("test") && validation !== undefined ? together(train, validation) : train;
  const distinct = new Set(pool.groups ?? pool.labels.keys()).size;
  if (distinct >= count) return pool;
  throw new Problem(
    `${path} has ${distinct} ${pool.groups === null ? "rows" : "groups"}, which cannot be divided into ${count} folds. Choose fewer by --folds`,
  );
}

function trainOf({ given, path }: Source): GivenPart {
  const train = given.get("train");
  if (train !== undefined) return train;
  throw new Problem(`${path} has no training part. Name the file of the rows to learn from as well`);
}

function finished(source: Source, parts: Record<PartName, GivenPart>, rows: Split): Loaded {
  const { name, path, layout, measured, notes } = source;
  const { classes } = layout;
  const digest = new Digest();
  digest.text(source.hash);
  for (const some of [rows.train, rows.validation, rows.test]) {
    digest.text(String(some.length));
    digest.numbers(some);
  }
  if (measured !== null) digest.text("standardized");
  const standard = measured === null ? null : standardOf(parts.train.inputs, measured);
  const part = ({ inputs, labels }: GivenPart): Part => ({ inputs: standardized(inputs, standard), labels });
  checkGroups(path, parts);
  return {
    name,
    classes,
    train: part(parts.train),
    validation: part(parts.validation),
    test: part(parts.test),
    hash: digest.hex(),
    notes: [...notes, ...checkParts(path, parts, classes)],
    layout: { ...layout, standard },
    source,
  };
}

const shareOf = (options: DataOptions, part: "validation" | "test"): number =>
  options[part] ?? DEFAULTS[part];

function checkShares({ validation, test }: Shares): void {
  for (const [name, share] of Object.entries({ validation, test }))
    if (!(share >= 0 && share < 1))
      throw new Problem(`--${name} ${share}: it takes a share of the rows, from 0 to below 1`);
  if (validation + test >= 1)
    throw new Problem(
      `--validation ${validation} and --test ${test} leave no rows to train on. Choose smaller shares`,
    );
}

function picked({ inputs, labels, groups }: GivenPart, rows: Int32Array): GivenPart {
  if (rows.length === labels.length) return { inputs, labels, groups };
  return {
    inputs: new SomeRows(inputs, rows),
    labels: rows.map((row) => labels[row]),
    groups: groups === null ? null : rows.map((row) => groups[row]),
  };
}

function together(a: GivenPart, b: GivenPart): GivenPart {
  return {
    inputs: new JoinedRows(a.inputs, b.inputs),
    labels: joined(a.labels, b.labels),
    groups: a.groups === null || b.groups === null ? null : joined(a.groups, b.groups),
  };
}
