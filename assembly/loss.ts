/** Cross-entropy of a row, and its gradient by the logits: docs/numerics.md, "Cross-entropy". */
import { exp, log } from "./math";
import { exponentials, logSumExp, placeOf, Softmax, shiftOf, softmaxSums, sumAtPlace } from "./softmax";
import { clear, LANES } from "./sums";
import { block, CrossEntropy, Head, segment } from "./table";
import { add, broadcast, mul, productOrZero, sub } from "./vector";

/** Turns the logits in `head.z` into the gradient of row r and returns the loss. */
export function crossEntropy<V>(head: Head, loss: CrossEntropy, r: i32): f64 {
  const smoothing = loss.labelSmoothing;
  const others = smoothing / <f64>head.classes;
  const labels = loss.labels;
  const label: usize = labels === 0 ? 0 : load<i32>(labels + r * sizeof<i32>()) * sizeof<f32>();
  const ofLabel: f64 = labels === 0 || loss.classWeights === 0 ? 1 : load<f32>(loss.classWeights + label);
  const logit = load<f32>(head.z + label);
  let total: f64 = 1;
  let linear: f64 = 0; // Σ t·z
  if (loss.targets !== 0) {
    sumTargets<V>(head, loss, loss.targets + r * head.classes * sizeof<f32>());
    total = Targets.sum;
    linear = Targets.sumOfLogits;
  } else if (labels !== 0) {
    if (loss.classWeights !== 0) {
      total = (1 - smoothing) * ofLabel + others * loss.sumOfClassWeights;
      linear = others * sumOfLogits<V>(head, loss.classWeights);
    } else if (smoothing !== 0) {
      linear = others * sumOfLogits<V>(head, 0);
    }
  }
  // The sums take the memory in which the exponentials stay for the gradient.
  softmaxSums<V>(head, head.z);
  let value = total * logSumExp();
  if (labels !== 0) value -= (1 - smoothing) * ofLabel * <f64>logit;
  if (linear !== 0) value -= linear;

  const totalBySum = <f32>(total / Softmax.sum);
  const weight = load<f32>(loss.rowWeights + r * sizeof<f32>());
  const exponentialOfLabel = exp<f32>(logit - shiftOf(Softmax.max));
  const e = exponentials<V>(head, head.z);
  if (loss.targets !== 0) {
    const own = loss.targets + r * head.classes * sizeof<f32>();
    if (loss.classWeights !== 0) gradientOf<V>(head, e, loss, own, OWN | SMOOTHED | WEIGHTED, totalBySum, weight);
    else if (smoothing !== 0) gradientOf<V>(head, e, loss, own, OWN | SMOOTHED, totalBySum, weight);
    else gradientOf<V>(head, e, loss, own, OWN, totalBySum, weight);
  } else if (loss.classWeights !== 0) {
    gradientOf<V>(head, e, loss, 0, WEIGHTED, totalBySum, weight);
  } else {
    gradientOf<V>(head, e, loss, 0, 0, totalBySum, weight);
  }
  if (labels !== 0) {
    const target = <f32>((1 - smoothing) * ofLabel + others * ofLabel);
    store<f32>(head.z + label, (exponentialOfLabel * totalBySum - target) * weight);
  }
  return value;
}

/** What targets are made of. */
const OWN = 1;
const SMOOTHED = 2;
const WEIGHTED = 4;

/**
 * Writes (e ⊗ totalBySum ⊖ t) ⊗ weight to `head.z`, with t as for a class that is not the label. What the targets are made of is known while
 * compiling.
 */
@inline
function gradientOf<V>(
  head: Head,
  e: usize,
  loss: CrossEntropy,
  q: usize,
  kind: i32,
  totalBySum: f32,
  weight: f32,
): void {
  const by = broadcast<V, f32>(totalBySum);
  const rowWeight = broadcast<V, f32>(weight);
  const keep = broadcast<V, f32>(<f32>(1 - loss.labelSmoothing));
  const others = broadcast<V, f32>(othersOf(head, loss));
  let w = loss.classWeights;
  let z = head.z;
  for (const end = z + head.classes * sizeof<f32>(); z < end; z += sizeof<V>(), e += sizeof<V>()) {
    let t = others;
    if (kind & OWN) {
      t = load<V>(q);
      if (kind & SMOOTHED) t = add<V, f32>(mul<V, f32>(t, keep), others);
      q += sizeof<V>();
    }
    if (kind & WEIGHTED) {
      t = mul<V, f32>(t, load<V>(w));
      w += sizeof<V>();
    }
    store<V>(z, mul<V, f32>(sub<V, f32>(mul<V, f32>(load<V>(e), by), t), rowWeight));
  }
}

/** Returns the target of all classes, before weights, where no other was given. */
@inline
function othersOf(head: Head, loss: CrossEntropy): f32 {
  if (loss.labels === 0 && loss.targets === 0) return 0;
  return <f32>(loss.labelSmoothing / <f64>head.classes);
}

/** What {@link sumTargets} leaves of a row. */
namespace Targets {
  export let sum: f64 = 0;
  export let sumOfLogits: f64 = 0;
}

/** Sums the targets of a row whose own distribution is at `q`, and their products with the logits, segment by segment. */
function sumTargets<V>(head: Head, loss: CrossEntropy, q: usize): void {
  Targets.sum = 0;
  Targets.sumOfLogits = 0;
  for (let k = 0; k < head.blockCount; k++) {
    const b = block(head, k);
    for (let i = 0; i < b.segmentCount; i++) {
      const part = segment(b, i);
      const first: usize = part.first * sizeof<f32>();
      const place = placeOf(head, part);
      clear<V>(head.e, LANES);
      writeTargets<V>(head, loss, q + first, loss.classWeights + first, place, part.count);
      Targets.sum += <f64>sumAtPlace<V>(head, part);
      writeProducts<V>(place, head.z + first, place, part.count);
      Targets.sumOfLogits += <f64>sumAtPlace<V>(head, part);
    }
  }
}

/** Writes the targets of `count` classes from their own distribution q and their weights w. */
function writeTargets<V>(head: Head, loss: CrossEntropy, q: usize, w: usize, to: usize, count: i32): void {
  const keep = broadcast<V, f32>(<f32>(1 - loss.labelSmoothing));
  const others = broadcast<V, f32>(othersOf(head, loss));
  const weighted = loss.classWeights !== 0;
  if (!weighted && loss.labelSmoothing === 0) {
    memory.copy(to, q, count * sizeof<f32>());
    return;
  }
  for (const end = to + count * sizeof<f32>(); to < end; to += sizeof<V>(), q += sizeof<V>()) {
    let t = add<V, f32>(mul<V, f32>(load<V>(q), keep), others);
    if (weighted) {
      t = mul<V, f32>(t, load<V>(w));
      w += sizeof<V>();
    }
    store<V>(to, t);
  }
}

/** Returns Σ z, or Σ w·z where weights are given, segment by segment. */
function sumOfLogits<V>(head: Head, weights: usize): f64 {
  let total: f64 = 0;
  for (let k = 0; k < head.blockCount; k++) {
    const b = block(head, k);
    for (let i = 0; i < b.segmentCount; i++) {
      const part = segment(b, i);
      const first: usize = part.first * sizeof<f32>();
      const place = placeOf(head, part);
      clear<V>(head.e, LANES);
      if (weights === 0) memory.copy(place, head.z + first, part.count * sizeof<f32>());
      else writeProducts<V>(weights + first, head.z + first, place, part.count);
      total += <f64>sumAtPlace<V>(head, part);
    }
  }
  return total;
}

/** Writes t·z, and 0 where t is 0. */
function writeProducts<V>(t: usize, z: usize, to: usize, count: i32): void {
  for (const end = to + count * sizeof<f32>(); to < end; to += sizeof<V>(), t += sizeof<V>(), z += sizeof<V>()) {
    store<V>(to, productOrZero<V>(load<V>(t), load<V>(z)));
  }
}
