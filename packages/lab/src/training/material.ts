import type { Dataset } from "../data/dataset.js";
import { foldOf, loadDataset } from "../data/index.js";
import { dataOptions } from "../options/data.js";
import type { TrainOptions } from "../options/train.js";
import type { DataSummary } from "./result.js";
import { RowSource } from "./rows.js";
import type { Source } from "./source.js";

/** What an experiment trains on: rows with labels, or a text. */
export interface Material {
  readonly summary: DataSummary;
  /** For trunks and baselines that want all rows; none of a text. */
  readonly dataset: Dataset | null;
  sourceOf(seed: number, fold: number | null): Source;
}

export async function readMaterial(paths: readonly string[], options: TrainOptions): Promise<Material> {
  const dataset = await loadDataset(paths, dataOptions(options));
  const { name, hash, classes, train, validation, test, notes } = dataset;
  return {
    dataset,
    summary: {
      name,
      hash,
      classes,
      shape: train.inputs.shape,
      rows: { train: train.labels.length, validation: validation.labels.length, test: test.labels.length },
      counts: countsOf(train.labels, classes.length),
      notes,
    },
    sourceOf: (seed, fold) =>
      new RowSource(fold === null ? dataset : foldOf(dataset, fold, options.folds), options.batch, seed),
  };
}

function countsOf(labels: Int32Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]++;
  return counts;
}
