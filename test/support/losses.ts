import type { CrossEntropy } from "../../lib/backends/backend.js";

/** Cross-entropy as kernels take it; every row weighs as much as the others. */
export const crossEntropyOf = (labels: Int32Array, options: Partial<CrossEntropy> = {}): CrossEntropy => ({
  labels,
  targets: null,
  classWeights: null,
  sumOfClassWeights: 0,
  rowWeights: 1,
  labelSmoothing: 0,
  margin: null,
  ...options,
});
