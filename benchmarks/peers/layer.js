// The dense layer that the peers compute: any weights will do, they cost all the same.
import { normal } from "../data.js";

export function denseLayer(features, classes) {
  let weights;
  return {
    features,
    classes,
    bias: normal(classes, 2),
    /** Made when first read: a fixed classifier has none, and gigabytes of them take their time. */
    get weights() {
      weights ??= weightsOf(features, classes);
      return weights;
    },
  };
}

/** A prime, so that no two of so many classes have the same weights. */
const PERIOD = 65_537;

function weightsOf(features, classes) {
  const scale = 1 / Math.sqrt(features);
  const some = normal(PERIOD, 3).map((value) => value * scale);
  const weights = new Float32Array(classes * features);
  for (let i = 0; i < weights.length; i += PERIOD) {
    weights.set(some.subarray(0, Math.min(PERIOD, weights.length - i)), i);
  }
  return weights;
}
