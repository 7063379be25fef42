/** The operations of a head on a batch of rows. */
import { addBiasGradient, inputGradient } from "./gradient";
import { logits, productsOfBlock, readRows, segmentLogits } from "./logits";
import { crossEntropy } from "./loss";
import { lowerGradient, lowerLabel } from "./margin";
import { logitBytes, row, selectRow } from "./row";
import { transposed } from "./signed-rows";
import { chosenFrom, logSumExp as logSumExpOfRow, probabilitiesFrom, softmaxSums } from "./softmax";
import { block, CrossEntropy, Head, segment } from "./table";
import { BestClasses, offer } from "./top-k";
import { KeptRows, keepRow } from "./weights";

const NO_LABELS: usize = 0;
/** Rows are not kept for the gradient by class vectors. */
const NOT_KEPT: usize = 0;

export function forward<V>(head: Head, x: usize, rows: i32, scale: f64, bias: usize, out: usize): void {
  const bytes: usize = head.classes * sizeof<f32>();
  for (let r = 0, n = 0; r < rows; r += n) {
    n = readRows<V>(head, x, rows - r, scale, true);
    logits<V>(head, bias, out, bytes, n, NO_LABELS);
    x += n * head.features * sizeof<f32>();
    out += <usize>n * bytes;
  }
}

export function probabilities<V>(head: Head, x: usize, rows: i32, scale: f64, bias: usize, out: usize): void {
  for (let r = 0, n = 0; r < rows; r += n) {
    n = readRows<V>(head, x, rows - r, scale, true);
    keepLogits<V>(head, bias, n);
    for (let i = 0; i < n; i++) {
      selectRow(i);
      softmaxSums<V>(head, row.z);
      probabilitiesFrom<V>(head, row.z, out);
      out += head.classes * sizeof<f32>();
    }
    x += n * head.features * sizeof<f32>();
  }
}

/** Leaves the logits of the rows that were read last where each may keep its own. */
function keepLogits<V>(head: Head, bias: usize, rows: i32): void {
  logits<V>(head, bias, head.z, logitBytes(head), rows, NO_LABELS);
}

export function chosenProbabilities<V>(
  head: Head,
  x: usize,
  rows: i32,
  scale: f64,
  bias: usize,
  chosen: usize,
  count: i32,
  out: usize,
): void {
  for (let r = 0, n = 0; r < rows; r += n) {
    n = readRows<V>(head, x, rows - r, scale, true);
    keepLogits<V>(head, bias, n);
    for (let i = 0; i < n; i++) {
      selectRow(i);
      softmaxSums<V>(head, row.z);
      chosenFrom(row.z, chosen, count, out);
      out += count * sizeof<f32>();
    }
    x += n * head.features * sizeof<f32>();
  }
}

export function topK<V>(
  head: Head,
  x: usize,
  rows: i32,
  scale: f64,
  bias: usize,
  k: i32,
  classes: usize,
  scores: usize,
): void {
  BestClasses.k = k;
  for (let r = 0, n = 0; r < rows; r += n) {
    n = readRows<V>(head, x, rows - r, scale, true);
    for (let i = 0; i < head.blockCount; i++) {
      const b = block(head, i);
      for (let j = 0; j < n; j++) {
        BestClasses.classes = classes + j * k * sizeof<i32>();
        BestClasses.scores = scores + j * k * sizeof<f32>();
        productsOfBlock<V>(head, b, n, j);
        for (let s = 0; s < b.segmentCount; s++) {
          const part = segment(b, s);
          segmentLogits<V>(head, part, bias, head.e);
          BestClasses.length = min(k, part.first);
          offer<V>(head.e, part.first, part.count);
        }
      }
    }
    x += n * head.features * sizeof<f32>();
    classes += n * k * sizeof<i32>();
    scores += n * k * sizeof<f32>();
  }
}

/** Writes the gradients, and keeps the rows if `kept` says where. Of `total` rows, `first` came in earlier calls, and the sums over rows go on from there. */
export function backward<V>(
  head: Head,
  x: usize,
  rows: i32,
  scale: f64,
  gradLogits: usize,
  gradFeatures: usize,
  gradScale: usize,
  withBias: bool,
  first: i32,
  total: i32,
  kept: usize,
): void {
  const bytes: usize = head.classes * sizeof<f32>();
  for (let r = 0, n = 0; r < rows; r += n) {
    n = readRows<V>(head, x, rows - r, scale, true);
    if (head.packed !== 0) transposed<V>(head, gradLogits, n === 1 ? 0 : bytes);
    for (let i = 0; i < n; i++) {
      selectRow(i);
      store<f32>(gradScale, <f32>inputGradient<V>(head, gradLogits, gradFeatures));
      if (withBias) addBiasGradient<V>(head, gradLogits, first + r + i, total);
      if (kept !== NOT_KEPT) keepRow<V>(head, changetype<KeptRows>(kept), gradLogits, scale);
      gradLogits += bytes;
      gradFeatures += head.features * sizeof<f32>();
      gradScale += sizeof<f32>();
    }
    x += n * head.features * sizeof<f32>();
  }
}

/** Writes log Σ exp z of every row. */
export function logSumExp<V>(
  head: Head,
  x: usize,
  rows: i32,
  scale: f64,
  bias: usize,
  normalised: bool,
  out: usize,
): void {
  for (let r = 0, n = 0; r < rows; r += n) {
    n = readRows<V>(head, x, rows - r, scale, normalised);
    keepLogits<V>(head, bias, n);
    for (let i = 0; i < n; i++) {
      selectRow(i);
      softmaxSums<V>(head, row.z);
      store<f32>(out, <f32>logSumExpOfRow());
      out += sizeof<f32>();
    }
    x += n * head.features * sizeof<f32>();
  }
}

/** Writes the losses and their gradients; `first`, `total` and `kept` are those of {@link backward}. */
export function lossAndGradient<V>(
  head: Head,
  x: usize,
  rows: i32,
  scale: f64,
  bias: usize,
  normalised: bool,
  loss: CrossEntropy,
  losses: usize,
  gradFeatures: usize,
  gradScale: usize,
  withBias: bool,
  first: i32,
  total: i32,
  kept: usize,
): void {
  for (let r = 0, n = 0; r < rows; r += n) {
    const labels = loss.labels + r * sizeof<i32>();
    n = readRows<V>(head, x, rows - r, scale, normalised);
    logits<V>(head, bias, head.z, logitBytes(head), n, loss.hasMargin ? labels : NO_LABELS);
    for (let i = 0; i < n; i++, losses += sizeof<f32>()) {
      selectRow(i);
      const leftOut = isLeftOut(loss, r + i);
      if (leftOut) {
        memory.fill(row.z, 0, head.classes * sizeof<f32>());
        store<f32>(losses, 0);
      } else {
        const label = load<i32>(labels + i * sizeof<i32>());
        if (loss.hasMargin) lowerLabel(head, loss, label, scale, bias);
        store<f32>(losses, <f32>crossEntropy<V>(head, loss, r + i));
      }
      if (withBias) addBiasGradient<V>(head, row.z, first + r + i, total);
      if (loss.hasMargin && !leftOut) lowerGradient(load<i32>(labels + i * sizeof<i32>()));
    }
    if (head.packed !== 0) transposed<V>(head, head.z, n === 1 ? 0 : logitBytes(head));
    for (let i = 0; i < n; i++, gradScale += sizeof<f32>()) {
      selectRow(i);
      if (isLeftOut(loss, r + i)) {
        memory.fill(gradFeatures, 0, head.features * sizeof<f32>());
        store<f32>(gradScale, 0);
      } else {
        store<f32>(gradScale, <f32>inputGradient<V>(head, row.z, gradFeatures));
        if (kept !== NOT_KEPT) keepRow<V>(head, changetype<KeptRows>(kept), row.z, scale);
      }
      gradFeatures += head.features * sizeof<f32>();
    }
    x += n * head.features * sizeof<f32>();
  }
}

@inline
function isLeftOut(loss: CrossEntropy, r: i32): bool {
  return load<f32>(loss.rowWeights + r * sizeof<f32>()) === 0;
}
