import { type CrossEntropyOptions, crossEntropy } from "./cross-entropy.js";
import { type DotRegressionOptions, dotRegression } from "./dot-regression.js";
import type { Loss } from "./loss.js";

/** Every loss by its public name. A new loss is one file beside these and one line here, with its options in the type below. */
export const LOSSES = {
  "cross-entropy": crossEntropy,
  "dot-regression": dotRegression,
} satisfies Record<string, Loss>;

/** Losses of `lossAndGradient`: "cross-entropy" and "dot-regression". */
export type LossName = keyof typeof LOSSES;
export const LOSS_NAMES = /* @__PURE__ */ Object.keys(LOSSES) as LossName[];

/** A loss with its own options. */
export type LossChoice =
  | ({ loss?: "cross-entropy" } & CrossEntropyOptions)
  | ({ loss: "dot-regression" } & DotRegressionOptions);
