/** Cross-entropy of a row, and its gradient by the logits: docs/numerics.md, "Cross-entropy". */
import { exp, log } from "./math";
import { exponentials, logSumExp, placeOf, Softmax, shiftOf, softmaxSums, sumAtPlace } from "./softmax";
import { clear, LANES } from "./sums";
import { block, CrossEntropy, Head, segment } from "./table";
import { add, broadcast, mul, productOrZero, sub } from "./vector";

/** What is summed over the classes of a row. */
const LOGITS = 0;
const WEIGHTED_LOGITS = 1;
const TARGETS = 2;
const TARGETS_TIMES_LOGITS = 3;

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
    total = sumOver<V>(head, loss, r, TARGETS);
    linear = sumOver<V>(head, loss, r, TARGETS_TIMES_LOGITS);
  } else if (labels !== 0) {
    if (loss.classWeights !== 0) total = (1 - smoothing) * ofLabel + others * loss.sumOfClassWeights;
    if (loss.classWeights !== 0) linear = others * sumOver<V>(head, loss, r, WEIGHTED_LOGITS);
    else if (smoothing !== 0) linear = others * sumOver<V>(head, loss, r, LOGITS);
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
  if (loss.targets === 0 && loss.classWeights === 0) {
    gradientOfSameTargets<V>(head, e, totalBySum, labels === 0 ? 0 : <f32>others, weight);
  } else {
    gradientOfTargets<V>(head, e, loss, r, totalBySum, weight);
  }
  if (labels !== 0) {
    const target = <f32>((1 - smoothing) * ofLabel + others * ofLabel);
    store<f32>(head.z + label, (exponentialOfLabel * totalBySum - target) * weight);
  }
  return value;
}

/** Writes (e ⊗ totalBySum ⊖ target) ⊗ weight to `head.z`. */
function gradientOfSameTargets<V>(head: Head, e: usize, totalBySum: f32, target: f32, weight: f32): void {
  const r = broadcast<V, f32>(totalBySum);
  const q = broadcast<V, f32>(target);
  const w = broadcast<V, f32>(weight);
  let z = head.z;
  for (const end = z + head.classes * sizeof<f32>(); z < end; z += sizeof<V>(), e += sizeof<V>()) {
    store<V>(z, mul<V, f32>(sub<V, f32>(mul<V, f32>(load<V>(e), r), q), w));
  }
}

/** Writes (e ⊗ totalBySum ⊖ t) ⊗ weight to `head.z`. */
function gradientOfTargets<V>(
  head: Head,
  e: usize,
  loss: CrossEntropy,
  r: i32,
  totalBySum: f32,
  weight: f32,
): void {
  const by = broadcast<V, f32>(totalBySum);
  const w = broadcast<V, f32>(weight);
  Targets.take(head, loss, r);
  const z = head.z;
  for (let at: usize = 0, end: usize = head.classes * sizeof<f32>(); at < end; at += sizeof<V>()) {
    const p = mul<V, f32>(load<V>(e + at), by);
    store<V>(z + at, mul<V, f32>(sub<V, f32>(p, targetAt<V>(at)), w));
  }
}

/** The targets of a row, that of its label apart. */
namespace Targets {
  /** Addresses of the row's own distribution and of the class weights; 0: none. */
  export let own: usize = 0;
  export let classWeights: usize = 0;
  export let keep: f32 = 1;
  export let others: f32 = 0;

  export function take(head: Head, loss: CrossEntropy, r: i32): void {
    own = loss.targets === 0 ? 0 : loss.targets + r * head.classes * sizeof<f32>();
    classWeights = loss.classWeights;
    keep = <f32>(1 - loss.labelSmoothing);
    others = loss.labels === 0 && own === 0 ? 0 : <f32>(loss.labelSmoothing / <f64>head.classes);
  }
}

/** Returns the targets of a vector of classes, `at` bytes from the first. */
@inline
function targetAt<V>(at: usize): V {
  let t = broadcast<V, f32>(Targets.others);
  if (Targets.own !== 0) {
    t = add<V, f32>(mul<V, f32>(load<V>(Targets.own + at), broadcast<V, f32>(Targets.keep)), t);
  }
  if (Targets.classWeights !== 0) t = mul<V, f32>(t, load<V>(Targets.classWeights + at));
  return t;
}

/** Returns a sum over all classes, segment by segment. */
function sumOver<V>(head: Head, loss: CrossEntropy, r: i32, kind: i32): f64 {
  let total: f64 = 0;
  Targets.take(head, loss, r);
  for (let k = 0; k < head.blockCount; k++) {
    const b = block(head, k);
    for (let i = 0; i < b.segmentCount; i++) {
      const part = segment(b, i);
      clear<V>(head.e, LANES);
      const place = placeOf(head, part);
      const first: usize = part.first * sizeof<f32>();
      const bytes: usize = part.count * sizeof<f32>();
      if (kind === LOGITS) {
        memory.copy(place, head.z + first, bytes);
      } else {
        for (let at: usize = 0; at < bytes; at += sizeof<V>()) store<V>(place + at, term<V>(head, first + at, kind));
      }
      total += <f64>sumAtPlace<V>(head, part);
    }
  }
  return total;
}

/** Returns the terms of a sum for a vector of classes. */
@inline
function term<V>(head: Head, at: usize, kind: i32): V {
  if (kind === TARGETS) return targetAt<V>(at);
  const t = kind === WEIGHTED_LOGITS ? load<V>(Targets.classWeights + at) : targetAt<V>(at);
  return productOrZero<V>(t, load<V>(head.z + at));
}
