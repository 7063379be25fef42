import type { Start } from "./start.js";

/** The mean features of each class, less the mean of all, at length 1: as the trunk gives them before it has learned anything. */
export const classMeans: Start = {
  name: "class-means",
  text: false,
  async vectors({ source, trunk }) {
    const { features } = trunk;
    const classes = source.classes.length;
    const sums = new Float64Array(classes * features);
    const counts = new Int32Array(classes);
    for (const { inputs, labels } of source.training()) {
      const x = await trunk.evaluate(inputs);
      for (let row = 0; row < labels.length; row++) {
        counts[labels[row]]++;
        const at = labels[row] * features;
        for (let i = 0; i < features; i++) sums[at + i] += x[row * features + i];
      }
    }
    const rows = counts.reduce((sum, count) => sum + count, 0);
    const mean = new Float64Array(features);
    for (let k = 0; k < sums.length; k++) mean[k % features] += sums[k] / rows;
    const vectors = new Float32Array(classes * features);
    for (let c = 0; c < classes; c++) {
      if (counts[c] === 0) continue;
      const own = mean.map((value, i) => sums[c * features + i] / counts[c] - value);
      const length = Math.hypot(...own);
      if (length > 0) for (let i = 0; i < features; i++) vectors[c * features + i] = own[i] / length;
    }
    return vectors;
  },
};
