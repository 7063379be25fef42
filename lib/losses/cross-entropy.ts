import { checkFinite } from "../checks.js";
import { marginOf } from "../numerics/margin.js";
import { checkWeights, type Loss } from "./loss.js";

/**
 * Options of the loss "cross-entropy": −Σ_c t_c · ln p_c in nats, with the softmax p of the logits and the targets t_c = w_c · q_c, where q
 * is 1 for the label and 0 for all other classes, or a row's own soft targets. As `torch.nn.functional.cross_entropy` has them.
 *
 * @group Options of codes and losses
 */
export interface CrossEntropyOptions {
  /** λ in [0, 1): q becomes (1 − λ)·q + λ/C. Default 0. */
  labelSmoothing?: number;
  /** w: one number a class, at least 0. The mean over rows is divided by the sum of the weights of their labels. Default: all are 1. */
  classWeights?: Float32Array | readonly number[];
  /**
   * m from 0 to 2: the cosine of the label is lowered by it, so that its logit is s·(cos θ − m) + b (CosFace: Wang et al., CVPR 2018).
   * Default 0.
   */
  margin?: number;
  /**
   * m in radians, at least 0 and below π: the angle of the label is widened by it, so that its logit is s·cos(θ + m) + b, and
   * s·(cos θ − m·sin m) + b where θ + m would pass π (ArcFace: Deng et al., CVPR 2019). Default 0.
   */
  angularMargin?: number;
}

/** Cross-entropy of softmax(logits) against the labels or soft targets, in nats. */
export const crossEntropy: Loss = {
  options: ["labelSmoothing", "classWeights", "margin", "angularMargin"],

  prepare({ labelSmoothing = 0, classWeights, margin = 0, angularMargin = 0 }, head) {
    checkFinite("labelSmoothing", labelSmoothing);
    if (labelSmoothing < 0 || labelSmoothing >= 1) {
      throw new RangeError(`labelSmoothing must be at least 0 and below 1, got ${labelSmoothing}`);
    }
    checkFinite("margin", margin);
    if (margin < 0 || margin > 2) throw new RangeError(`margin must be from 0 to 2, got ${margin}`);
    checkFinite("angularMargin", angularMargin);
    if (angularMargin < 0 || angularMargin >= Math.PI) {
      throw new RangeError(`angularMargin must be at least 0 and below π, got ${angularMargin}`);
    }
    const taken = marginOf(margin, angularMargin);
    if (taken !== null && !head.normalised) {
      throw new RangeError(
        "a margin is taken off a cosine, and this head has none: its rows are not divided by their norm",
      );
    }
    return {
      kernel: "crossEntropy",
      labelSmoothing,
      classWeights:
        classWeights === undefined ? null : checkWeights("classWeights", classWeights, head.classes, "class"),
      margin: taken,
    };
  },
};
