/** The operations of a head on a batch of rows. */
import { transformRow } from "./block";
import { addBiasGradient, inputGradient } from "./gradient";
import { logits, segmentLogits } from "./logits";
import { crossEntropy } from "./loss";
import { readRow } from "./row";
import { chosenFrom, probabilitiesFrom, softmaxSums } from "./softmax";
import { block, Head, segment } from "./table";
import { BestClasses, offer } from "./top-k";

export function forward<V>(head: Head, x: usize, rows: i32, scale: f64, bias: usize, out: usize): void {
  for (let r = 0; r < rows; r++) {
    readRow<V>(head, x, scale);
    logits<V>(head, bias, out);
    x += head.features * sizeof<f32>();
    out += head.classes * sizeof<f32>();
  }
}

export function probabilities<V>(head: Head, x: usize, rows: i32, scale: f64, bias: usize, out: usize): void {
  for (let r = 0; r < rows; r++) {
    readRow<V>(head, x, scale);
    logits<V>(head, bias, out);
    softmaxSums<V>(head, out, false);
    probabilitiesFrom<V>(head, out);
    x += head.features * sizeof<f32>();
    out += head.classes * sizeof<f32>();
  }
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
  for (let r = 0; r < rows; r++) {
    readRow<V>(head, x, scale);
    logits<V>(head, bias, head.z);
    softmaxSums<V>(head, head.z, false);
    chosenFrom(head.z, chosen, count, out);
    x += head.features * sizeof<f32>();
    out += count * sizeof<f32>();
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
  for (let r = 0; r < rows; r++) {
    BestClasses.length = 0;
    BestClasses.classes = classes;
    BestClasses.scores = scores;
    readRow<V>(head, x, scale);
    for (let i = 0; i < head.blockCount; i++) {
      const b = block(head, i);
      transformRow<V>(head, b);
      for (let s = 0; s < b.segmentCount; s++) {
        const part = segment(b, s);
        segmentLogits<V>(head, part, bias, head.e);
        offer<V>(head.e, part.first, part.count);
      }
    }
    x += head.features * sizeof<f32>();
    classes += k * sizeof<i32>();
    scores += k * sizeof<f32>();
  }
}

/** Writes the gradients. Of `total` rows, `first` came in earlier calls, and the sums over rows go on from there. */
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
): void {
  for (let r = 0; r < rows; r++) {
    readRow<V>(head, x, scale);
    store<f32>(gradScale, <f32>inputGradient<V>(head, gradLogits, gradFeatures));
    if (withBias) addBiasGradient<V>(head, gradLogits, first + r, total);
    x += head.features * sizeof<f32>();
    gradLogits += head.classes * sizeof<f32>();
    gradFeatures += head.features * sizeof<f32>();
    gradScale += sizeof<f32>();
  }
}

/** Writes the losses and their gradients; `first` and `total` are those of {@link backward}. */
export function lossAndGradient<V>(
  head: Head,
  x: usize,
  rows: i32,
  scale: f64,
  bias: usize,
  labels: usize,
  labelSmoothing: f64,
  rowWeight: f32,
  losses: usize,
  gradFeatures: usize,
  gradScale: usize,
  withBias: bool,
  first: i32,
  total: i32,
): void {
  for (let r = 0; r < rows; r++) {
    readRow<V>(head, x, scale);
    logits<V>(head, bias, head.z);
    store<f32>(losses, <f32>crossEntropy<V>(head, load<i32>(labels), labelSmoothing, rowWeight));
    store<f32>(gradScale, <f32>inputGradient<V>(head, head.z, gradFeatures));
    if (withBias) addBiasGradient<V>(head, head.z, first + r, total);
    x += head.features * sizeof<f32>();
    gradFeatures += head.features * sizeof<f32>();
    gradScale += sizeof<f32>();
    labels += sizeof<i32>();
    losses += sizeof<f32>();
  }
}
