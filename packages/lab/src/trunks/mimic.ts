/**
 * MimicNorm (Fei et al., *MimicNorm: Weight Mean and Last BN Layer Mimic the Dynamic of Batch Normalization*, 2020): the weights of each
 * unit have a mean of zero, and one batch normalisation stands before the loss. Here that one is of the features: behind a scale it would
 * cancel it, and of 10,000 logits it would cost more than a fixed head does.
 */
import type { Parameter } from "../training/parameter.js";

/** Takes from the weights of each unit their mean over inputs and places of a filter. Biases and norms, of one dimension, stay. */
export function centreWeights(parameters: readonly Parameter[]): void {
  for (const { shape, value } of parameters) {
    if (shape.length < 2) continue;
    const inputs = value.length / shape[0];
    for (let first = 0; first < value.length; first += inputs) {
      let sum = 0;
      for (let i = first; i < first + inputs; i++) sum += value[i];
      const mean = sum / inputs;
      for (let i = first; i < first + inputs; i++) value[i] -= mean;
    }
  }
}
