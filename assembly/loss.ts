/** Cross-entropy of a row, and its gradient by the logits: docs/numerics.md, "Cross-entropy". */
import { exp, log } from "./math";
import { row } from "./row";
import { clearBehind, exponentials, logSumExp, placeOf, Softmax, shiftOf, softmaxSums, sumAtPlace } from "./softmax";
import { clear, dotOrZero, LANES, padded } from "./sums";
import { block, CrossEntropy, Head, Segment, segment } from "./table";
import { add, broadcast, lanes, mul, sub } from "./vector";

/** Turns the logits of the row, which is row r of the loss, into their gradient and returns the loss. */
export function crossEntropy<V>(head: Head, loss: CrossEntropy, r: i32): f64 {
  const smoothing = loss.labelSmoothing;
  const others = smoothing / <f64>head.classes;
  const labels = loss.labels;
  const label: usize = labels === 0 ? 0 : load<i32>(labels + r * sizeof<i32>()) * sizeof<f32>();
  const ofLabel: f64 = labels === 0 || loss.classWeights === 0 ? 1 : load<f32>(loss.classWeights + label);
  const logit = load<f32>(row.z + label);
  let total: f64 = 1;
  let linear: f64 = 0; // Σ t·z
  const own = loss.targets + r * head.classes * sizeof<f32>();
  if (loss.targets !== 0) {
    if (loss.classWeights !== 0 || smoothing !== 0) smoothTargets<V>(head, loss, own);
    sumTargets<V>(head, own);
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
  softmaxSums<V>(head, row.z);
  let value = total * logSumExp();
  if (labels !== 0) value -= (1 - smoothing) * ofLabel * <f64>logit;
  if (linear !== 0) value -= linear;

  const totalBySum = <f32>(total / Softmax.sum);
  const weight = load<f32>(loss.rowWeights + r * sizeof<f32>());
  const exponentialOfLabel = exp<f32>(logit - shiftOf(Softmax.max));
  const e = exponentials<V>(head, row.z);
  if (loss.targets !== 0) {
    gradientOf<V>(head, e, loss, own, OWN, totalBySum, weight);
  } else if (loss.classWeights !== 0) {
    gradientOf<V>(head, e, loss, 0, WEIGHTED, totalBySum, weight);
  } else {
    gradientOf<V>(head, e, loss, 0, 0, totalBySum, weight);
  }
  if (labels !== 0) {
    const target = <f32>((1 - smoothing) * ofLabel + others * ofLabel);
    store<f32>(row.z + label, (exponentialOfLabel * totalBySum - target) * weight);
  }
  return value;
}

/** What targets are made of: those of the row, or the others by the weights of the classes, or neither. */
const OWN = 1;
const WEIGHTED = 2;

/**
 * Writes (e ⊗ totalBySum ⊖ t) ⊗ weight to the logits, with t as for a class that is not the label. What the targets are made of is known while
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
  const others = broadcast<V, f32>(othersOf(head, loss));
  let w = loss.classWeights;
  let z = row.z;
  for (const end = z + head.classes * sizeof<f32>(); z < end; z += sizeof<V>(), e += sizeof<V>()) {
    let t = others;
    if (kind & OWN) {
      t = load<V>(q);
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

/** Makes the targets of a row of its own distribution q, in its place. */
function smoothTargets<V>(head: Head, loss: CrossEntropy, q: usize): void {
  const whole = head.classes & -lanes<V, f32>();
  smoothFrom<V>(head, loss, q, loss.classWeights, whole);
  // The next row is behind it.
  const at = whole * sizeof<f32>();
  smoothFrom<f32>(head, loss, q + at, loss.classWeights + at, head.classes - whole);
}

@inline
function smoothFrom<V>(head: Head, loss: CrossEntropy, q: usize, w: usize, count: i32): void {
  const keep = broadcast<V, f32>(<f32>(1 - loss.labelSmoothing));
  const others = broadcast<V, f32>(othersOf(head, loss));
  const weighted = loss.classWeights !== 0;
  for (const end = q + count * sizeof<f32>(); q < end; q += sizeof<V>(), w += sizeof<V>()) {
    const t = add<V, f32>(mul<V, f32>(load<V>(q), keep), others);
    store<V>(q, weighted ? mul<V, f32>(t, load<V>(w)) : t);
  }
}

/** Sums the targets of a row, and their products with the logits, segment by segment. */
function sumTargets<V>(head: Head, targets: usize): void {
  Targets.sum = 0;
  Targets.sumOfLogits = 0;
  for (let k = 0; k < head.blockCount; k++) {
    const b = block(head, k);
    for (let i = 0; i < b.segmentCount; i++) {
      const part = segment(b, i);
      copyToPlace<V>(head, part, targets);
      Targets.sum += <f64>sumAtPlace<V>(head, part);
      Targets.sumOfLogits += <f64>productsAtPlace<V>(head, part);
    }
  }
}

/** Returns Σ w·z, or Σ z where there are no weights, segment by segment. */
function sumOfLogits<V>(head: Head, weights: usize): f64 {
  let total: f64 = 0;
  for (let k = 0; k < head.blockCount; k++) {
    const b = block(head, k);
    for (let i = 0; i < b.segmentCount; i++) {
      const part = segment(b, i);
      copyToPlace<V>(head, part, weights === 0 ? row.z : weights);
      total += <f64>(weights === 0 ? sumAtPlace<V>(head, part) : productsAtPlace<V>(head, part));
    }
  }
  return total;
}

/** Copies what an array has of the classes of a segment to where it is summed. */
function copyToPlace<V>(head: Head, part: Segment, from: usize): void {
  clear<V>(head.e, LANES);
  memory.copy(placeOf(head, part), from + part.first * sizeof<f32>(), part.count * sizeof<f32>());
  clearBehind<V>(head, part);
}

/** Returns Σ t·z of a segment, whose t are at their place: the logits are read from where those of the same lanes are, and count where t is not 0. */
function productsAtPlace<V>(head: Head, part: Segment): f32 {
  const before = part.row % LANES;
  return dotOrZero<V>(head.e, row.z + (part.first - before) * sizeof<f32>(), padded(before + part.count));
}
