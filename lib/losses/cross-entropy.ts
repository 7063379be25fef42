import { checkFinite } from "../checks.js";
import type { Loss } from "./loss.js";

/**
 * Options of the loss "cross-entropy".
 *
 * @group Options of codes and losses
 */
export interface CrossEntropyOptions {
  /** λ in [0, 1): the target is (1 − λ)·onehot + λ/C. Default 0. */
  labelSmoothing?: number;
}

/** Cross-entropy of softmax(logits) against the labels, in nats. */
export const crossEntropy: Loss = {
  options: ["labelSmoothing"],
  prepare({ labelSmoothing = 0 }) {
    checkFinite("labelSmoothing", labelSmoothing);
    if (labelSmoothing < 0 || labelSmoothing >= 1) {
      throw new RangeError(`labelSmoothing must be at least 0 and below 1, got ${labelSmoothing}`);
    }
    return { kernel: "crossEntropy", labelSmoothing };
  },
};
