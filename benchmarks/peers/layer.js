// The dense layer that the peers compute: any weights will do, they cost all the same.
import { normal } from "../data.js";

export function denseLayer(features, classes) {
  const weights = normal(classes * features, 3);
  const scale = 1 / Math.sqrt(features);
  for (let i = 0; i < weights.length; i++) weights[i] *= scale;
  return { features, classes, weights, bias: normal(classes, 2) };
}
