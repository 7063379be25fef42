/** Softmax of a row of logits, segment by segment. */
import { exp, log } from "./math";
import { clear, LANES, largest, padded, SUM_GROUP, sum } from "./sums";
import { block, Head, Segment, segment } from "./table";
import { broadcast, mul, sub } from "./vector";

/** What {@link softmaxSums} leaves of a row of logits. */
export namespace Softmax {
  export let max: f32 = 0;
  export let sum: f64 = 0;
}

/** Returns log Σ exp z of the row of which {@link softmaxSums} was taken last. */
@inline
export function logSumExp(): f64 {
  return log(Softmax.sum) + <f64>Softmax.max;
}

/** Returns h, what is subtracted from logits of which the largest is `max`. */
@inline
export function shiftOf(max: f32): f32 {
  return max === -Infinity ? 0 : max;
}

/** Writes the probabilities of logits. */
export function probabilitiesFrom<V>(head: Head, z: usize, out: usize): void {
  const reciprocal = broadcast<V, f32>(<f32>(1 / Softmax.sum));
  const e = exponentials<V>(head, z);
  for (let i: usize = 0, bytes: usize = head.classes * sizeof<f32>(); i < bytes; i += sizeof<V>()) {
    store<V>(out + i, mul<V, f32>(load<V>(e + i), reciprocal));
  }
}

/** Writes the probabilities of the `count` classes that are listed at `classes`. */
export function chosenFrom(z: usize, classes: usize, count: i32, out: usize): void {
  const reciprocal = <f32>(1 / Softmax.sum);
  const shift = shiftOf(Softmax.max);
  for (const end = out + count * sizeof<f32>(); out < end; out += sizeof<f32>(), classes += sizeof<i32>()) {
    const logit = load<f32>(z + load<i32>(classes) * sizeof<f32>());
    store<f32>(out, exp<f32>(logit - shift) * reciprocal);
  }
}

/** Returns the address of exp(z ⊖ h). Those of a single segment are still there, others take the place of the logits. */
export function exponentials<V>(head: Head, z: usize): usize {
  const first = block(head, 0);
  if (head.blockCount === 1 && first.segmentCount === 1) return placeOf(head, segment(first, 0));
  exponentialsInto<V>(z, z, head.classes, shiftOf(Softmax.max));
  return z;
}

function exponentialsInto<V>(e: usize, z: usize, count: i32, shift: f32): void {
  const by = broadcast<V, f32>(shift);
  for (const end = e + count * sizeof<f32>(); e < end; e += 2 * sizeof<V>(), z += 2 * sizeof<V>()) {
    const first = exp<V>(sub<V, f32>(load<V>(z), by));
    const second = exp<V>(sub<V, f32>(load<V>(z + sizeof<V>()), by));
    store<V>(e, first);
    store<V>(e + sizeof<V>(), second);
  }
}

/** Leaves the maximum and the sum of the exponentials of a row of logits in {@link Softmax}. */
export function softmaxSums<V>(head: Head, z: usize): void {
  let max: f32 = -Infinity;
  let total: f64 = 0;
  for (let k = 0; k < head.blockCount; k++) {
    const b = block(head, k);
    for (let i = 0; i < b.segmentCount; i++) {
      const part = segment(b, i);
      const from = z + part.first * sizeof<f32>();
      clear<V>(head.e, LANES);
      const m = largest<V>(from, part.count);
      exponentialsInto<V>(placeOf(head, part), from, part.count, shiftOf(m));
      const s = <f64>sumAtPlace<V>(head, part);
      if (part.first === 0) {
        max = m;
        total = s;
      } else if (m > max) {
        total = total * <f64>exp<f32>(max - m) + s;
        max = m;
      } else {
        total = m === -Infinity ? total + s : total + s * <f64>exp<f32>(m - max);
      }
    }
  }
  Softmax.max = max;
  Softmax.sum = total;
}

/** Returns the address at which a segment's terms are put, so that each row of the matrix keeps its lane. */
@inline
export function placeOf(head: Head, part: Segment): usize {
  return head.e + (part.row % LANES) * sizeof<f32>();
}

/** Writes +0 behind the terms at {@link placeOf}, up to a whole group. */
@inline
export function clearBehind<V>(head: Head, part: Segment): void {
  clear<V>(head.e + ((part.row % LANES) + part.count) * sizeof<f32>(), SUM_GROUP);
}

/** Returns the sum of the terms at {@link placeOf}, before which there is +0. */
export function sumAtPlace<V>(head: Head, part: Segment): f32 {
  clearBehind<V>(head, part);
  return sum<V>(head.e, padded((part.row % LANES) + part.count));
}
