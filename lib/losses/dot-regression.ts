import { checkFinite } from "../checks.js";
import type { Loss } from "./loss.js";

/**
 * Options of the loss "dot-regression": (z_y − t)² / (2·|t|) for the logit z_y of the label; no other class has a gradient. It is meant
 * for heads with `learnScale: false` and `bias: false`, and needs memory for the logits of all rows.
 *
 * @group Options of codes and losses
 */
export interface DotRegressionOptions {
  /** The logit t that the label's class should have, other than 0. Default: the head's scale, which is a cosine of 1. */
  target?: number;
}

/**
 * Dot-regression: (z_y − t)² / (2·|t|) for the logit z_y of the label. Only the label's class pulls the features; no other class pushes
 * them away, which with fixed vectors needs no pushing: Yang et al., *Inducing Neural Collapse in Imbalanced Learning: Do We Really
 * Need a Learnable Classifier at the End of Deep Neural Network?*, NeurIPS 2022 (arXiv 2203.09081), with √(E_W·E_H) as t. As there, no
 * length is learned: use `learnScale: false` and `bias: false`.
 */
export const dotRegression: Loss = {
  options: ["target"],
  prepare({ target }, { scale }) {
    // A scale that training has made NaN gives NaN; a target that is given is checked.
    if (target !== undefined) checkFinite("target", target);
    const t = target === undefined ? scale : target;
    if (t === 0)
      throw new RangeError("target must not be 0: it is the logit that the label's class should have");
    const size = Math.abs(t);
    return (z, label) => {
      const error = (z[label] as number) - t;
      z.fill(0);
      z[label] = error / size;
      return (error * error) / (2 * size);
    };
  },
};
