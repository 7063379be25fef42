import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { countsOf, estimateMemory, foldOf, loadDataset, loadText } from "../data/index.js";
import { type Laid, prepare, readOthers } from "../methods/prepare.js";
import { methodSettings } from "../methods/settings.js";
import { dataOptions, textOptions } from "../options/data.js";
import type { TrainOptions } from "../options/train.js";
import { Problem } from "../problem.js";
import type { DataSummary } from "./result.js";
import { RowSource } from "./rows.js";
import type { Source } from "./source.js";
import { refuseStart } from "./starts/index.js";
import { EVALUATED_COLUMNS, STEPS, TextSource } from "./text.js";

/** What an experiment trains on: rows with labels, or a text. */
export interface Material {
  readonly summary: DataSummary;
  /** For baselines and methods that want all rows; none of a text. */
  readonly dataset: Laid | null;
  sourceOf(seed: number, fold: number | null): Source;
}

/** Of a step, where nothing else is asked for. */
const ROWS = 128;
const COLUMNS = 32;

/** Words of a part of a text: columns of an evaluation with a step each, and the word behind. */
const SHORTEST = EVALUATED_COLUMNS * (STEPS + 1);

const TEXT = /\.txt(\.gz)?$/i;

/** Whether the words of a text are to be foretold: by the names of the files, or of all in a folder. */
export const isText = (paths: readonly string[]): boolean =>
  paths.every((path) => {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return TEXT.test(path);
    const names = readdirSync(path).filter((name) => !name.startsWith("."));
    return names.length > 0 && names.every((name) => TEXT.test(name));
  });

/** @param say is told what it takes before it is read */
export function readMaterial(
  paths: readonly string[],
  options: TrainOptions,
  say: (sentence: string) => void,
): Promise<Material> {
  const text = isText(paths);
  refuseStart(options.start, options.heads, text);
  return text ? readText(paths, options) : readRows(paths, options, say);
}

async function readRows(
  paths: readonly string[],
  options: TrainOptions,
  say: (sentence: string) => void,
): Promise<Material> {
  methodSettings(options);
  say((await estimateMemory(paths, dataOptions(options))).sentence);
  const loaded = await loadDataset(paths, dataOptions(options));
  const file = await readOthers(options, loaded);
  const prepared = prepare(loaded, options, file);
  const { dataset } = prepared;
  if (options.folds === 0) refuseEmpty(dataset, paths);
  const { name, hash, classes, train, validation, test, notes } = dataset;
  return {
    dataset,
    summary: {
      name,
      hash: options.folds === 0 ? hash : hashOfFolds(hash, options.folds),
      classes,
      shape: train.inputs.shape,
      rows: { train: train.labels.length, validation: validation.labels.length, test: test.labels.length },
      counts: [...countsOf(train.labels, classes.length)],
      notes,
    },
    sourceOf(seed, fold) {
      const own = fold === null ? prepared : prepare(foldOf(loaded, fold, options.folds), options, file);
      refuseEmpty(own.dataset, paths);
      return new RowSource(own.dataset, options.batch ?? ROWS, seed, own);
    },
  };
}

/** Other folds are other splits: experiments that differ in them are not of the same data, and their runs no pairs. */
const hashOfFolds = (hash: string, folds: number): string =>
  createHash("sha256").update(`${hash} ${folds} folds`).digest("hex");

/** By no rows nothing can be chosen, and nothing is tested on them. */
function refuseEmpty(dataset: Laid, paths: readonly string[]): void {
  for (const part of ["validation", "test"] as const) {
    if (dataset[part].labels.length > 0) continue;
    throw new Problem(
      `${paths.join(", ")}: the ${part} part has no rows, as each class keeps one to train on and --${part} takes its share of the others. ` +
        `Give more rows, a larger --${part}, or files of that part`,
    );
  }
}

async function readText(paths: readonly string[], options: TrainOptions): Promise<Material> {
  const words = await loadText(paths, textOptions(options));
  const source = new TextSource(words, options.batch ?? COLUMNS);
  const { name, hash, classes, rows } = source;
  for (const part of ["train", "validation", "test"] as const) {
    if (rows[part] > 0) continue;
    throw new Problem(
      `${paths.join(", ")}: the ${part} part has ${words[part].length} words, which is too short: give a text of ${SHORTEST} words a part at least`,
    );
  }
  const counts = [...countsOf(words.train, classes.length)];
  return {
    dataset: null,
    summary: { name, hash, classes, shape: [], rows, counts, notes: words.notes },
    sourceOf: () => source,
  };
}
