import type { CrossEntropy } from "../../lib/backends/backend.js";

/** Cross-entropy as kernels take it; every row weighs as much as the others. */
export const crossEntropyOf = (
  labels: Int32Array,
  { rowWeight = 1, ...options }: Partial<CrossEntropy> & { rowWeight?: number } = {},
): CrossEntropy => ({
  labels,
  targets: null,
  classWeights: null,
  sumOfClassWeights: 0,
  rowWeights: new Float32Array(labels.length).fill(rowWeight),
  labelSmoothing: 0,
  margin: null,
  ...options,
});
