import { checkFinite } from "../checks.js";
import type { Loss } from "./loss.js";

/**
 * Options of the loss "cross-entropy": −Σ_c q_c · ln p_c in nats, with the softmax p of the logits, and q_c = 1 for the label and 0 for
 * all other classes.
 *
 * @group Options of codes and losses
 */
export interface CrossEntropyOptions {
  /** λ in [0, 1): q becomes (1 − λ)·q + λ/C. Default 0. */
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
