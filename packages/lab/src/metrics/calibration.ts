import type { Bin } from "../training/result.js";
import type { RowScores } from "./scorer.js";

/** Of the expected calibration error, as in Guo et al., *On Calibration of Modern Neural Networks*, ICML 2017. */
export const BINS = 15;

/** Confidences from 0 to 1 in bins of equal width, each with its upper edge; an empty bin stands with its middle as confidence. */
export function reliability(scores: RowScores): Bin[] {
  const { labels, predicted, confidence } = scores;
  const count = new Int32Array(BINS);
  const right = new Int32Array(BINS);
  const sum = new Float64Array(BINS);
  for (let row = 0; row < labels.length; row++) {
    const bin = Math.min(BINS, Math.max(1, Math.ceil(confidence[row] * BINS))) - 1;
    count[bin]++;
    sum[bin] += confidence[row];
    if (predicted[row] === labels[row]) right[bin]++;
  }
  return Array.from({ length: BINS }, (_, bin) => ({
    confidence: count[bin] > 0 ? sum[bin] / count[bin] : (bin + 0.5) / BINS,
    accuracy: count[bin] > 0 ? right[bin] / count[bin] : 0,
    count: count[bin],
  }));
}

/** The mean distance of accuracy and confidence, weighted by rows. */
export function calibrationError(bins: readonly Bin[]): number {
  let rows = 0;
  let sum = 0;
  for (const { confidence, accuracy, count } of bins) {
    rows += count;
    sum += count * Math.abs(accuracy - confidence);
  }
  return sum / rows;
}

const POINTS = 100;

/**
 * Accuracy among the rows of most confidence, for each hundredth of them. Where a share ends amid rows of equal confidence, these count
 * with their mean: no order of theirs would be better than another.
 */
export function coverage(scores: RowScores): { share: number; accuracy: number }[] {
  const { labels, predicted, confidence } = scores;
  const rows = labels.length;
  const order = Int32Array.from(labels.keys()).sort((a, b) => confidence[b] - confidence[a]);
  const points: { share: number; accuracy: number }[] = [];
  let right = 0;
  let start = 0;
  let point = 1;
  const count = Math.min(POINTS, rows);
  while (start < rows) {
    let end = start;
    let rightHere = 0;
    for (; end < rows && confidence[order[end]] === confidence[order[start]]; end++)
      if (predicted[order[end]] === labels[order[end]]) rightHere++;
    for (; point <= count; point++) {
      const taken = Math.round((point * rows) / count);
      if (taken > end) break;
      const expected = right + (rightHere * (taken - start)) / (end - start);
      points.push({ share: taken / rows, accuracy: expected / taken });
    }
    right += rightHere;
    start = end;
  }
  return points;
}
