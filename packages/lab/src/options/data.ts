import type { DataOptions, WordOptions } from "../data/index.js";
import type { TrainOptions } from "./train.js";

/** What the reading of data is told. */
export function dataOptions(options: TrainOptions): DataOptions {
  const { label, columns, groups, size, standardize, folds } = options;
  return {
    ...(label !== null && { label }),
    ...(columns !== null && { columns }),
    ...(size !== null && { size }),
    ...(groups !== null && { groups }),
    ...(folds > 0 && { folds }),
    ...(standardize !== "auto" && { standardize: standardize === "yes" }),
    validation: options.validation,
    test: options.test,
    seed: options["split-seed"],
    hash: options.hash,
    memory: options.memory * 2 ** 20,
  };
}

export function textOptions({ vocabulary, tokens, evaluate }: TrainOptions): WordOptions {
  return {
    vocabulary,
    ...(tokens !== null && { tokens }),
    ...(evaluate !== null && { evaluate }),
  };
}
