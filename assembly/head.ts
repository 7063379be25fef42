/** The operations of a head on a batch of rows. */
import { transformRow } from "./block";
import { addBiasGradient, inputGradient } from "./gradient";
import { logits, NO_LABEL, segmentLogits } from "./logits";
import { crossEntropy } from "./loss";
import { LabelMargin, lowerLabel } from "./margin";
import { readRow } from "./row";
import { chosenFrom, logSumExp as logSumExpOfRow, probabilitiesFrom, softmaxSums } from "./softmax";
import { block, CrossEntropy, Head, segment } from "./table";
import { BestClasses, offer } from "./top-k";

export function forward<V>(head: Head, x: usize, rows: i32, scale: f64, bias: usize, out: usize): void {
  for (let r = 0; r < rows; r++) {
    readRow<V>(head, x, scale, true);
    logits<V>(head, bias, out, NO_LABEL);
    x += head.features * sizeof<f32>();
    out += head.classes * sizeof<f32>();
  }
}

export function probabilities<V>(head: Head, x: usize, rows: i32, scale: f64, bias: usize, out: usize): void {
  for (let r = 0; r < rows; r++) {
    readRow<V>(head, x, scale, true);
    logits<V>(head, bias, out, NO_LABEL);
    softmaxSums<V>(head, out);
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
    readRow<V>(head, x, scale, true);
    logits<V>(head, bias, head.z, NO_LABEL);
    softmaxSums<V>(head, head.z);
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
    readRow<V>(head, x, scale, true);
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
    readRow<V>(head, x, scale, true);
    store<f32>(gradScale, <f32>inputGradient<V>(head, gradLogits, gradFeatures));
    if (withBias) addBiasGradient<V>(head, gradLogits, first + r, total);
    x += head.features * sizeof<f32>();
    gradLogits += head.classes * sizeof<f32>();
    gradFeatures += head.features * sizeof<f32>();
    gradScale += sizeof<f32>();
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
  for (let r = 0; r < rows; r++) {
    readRow<V>(head, x, scale, normalised);
    logits<V>(head, bias, head.z, NO_LABEL);
    softmaxSums<V>(head, head.z);
    store<f32>(out, <f32>logSumExpOfRow());
    x += head.features * sizeof<f32>();
    out += sizeof<f32>();
  }
}

/** Writes the losses and their gradients; `first` and `total` are those of {@link backward}. */
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
): void {
  for (let r = 0; r < rows; r++) {
    if (load<f32>(loss.rowWeights + r * sizeof<f32>()) === 0) {
      memory.fill(head.z, 0, head.classes * sizeof<f32>());
      memory.fill(gradFeatures, 0, head.features * sizeof<f32>());
      store<f32>(gradScale, 0);
      store<f32>(losses, 0);
    } else {
      readRow<V>(head, x, scale, normalised);
      if (loss.hasMargin) {
        const label = load<i32>(loss.labels + r * sizeof<i32>());
        logits<V>(head, bias, head.z, label);
        lowerLabel(head, loss, label, scale, bias);
        store<f32>(losses, <f32>crossEntropy<V>(head, loss, r));
        store<f32>(gradScale, <f32>gradientWithMargin<V>(head, label, gradFeatures));
      } else {
        logits<V>(head, bias, head.z, NO_LABEL);
        store<f32>(losses, <f32>crossEntropy<V>(head, loss, r));
        store<f32>(gradScale, <f32>inputGradient<V>(head, head.z, gradFeatures));
      }
    }
    if (withBias) addBiasGradient<V>(head, head.z, first + r, total);
    x += head.features * sizeof<f32>();
    gradFeatures += head.features * sizeof<f32>();
    gradScale += sizeof<f32>();
    losses += sizeof<f32>();
  }
}

/** Does {@link inputGradient} where the gradient by the logit of the label is not that by its cosine. */
function gradientWithMargin<V>(head: Head, label: i32, gradFeatures: usize): f64 {
  const at = head.z + label * sizeof<f32>();
  const g = load<f32>(at);
  store<f32>(at, <f32>(<f64>g * LabelMargin.slope));
  const ofScale = inputGradient<V>(head, head.z, gradFeatures) + LabelMargin.ofScale * <f64>g;
  store<f32>(at, g);
  return ofScale;
}
