/** Cross-entropy of a row, and its gradient by the logits. */
import { exp, log } from "./math";
import { exponentials, Softmax, shiftOf, softmaxSums } from "./softmax";
import { Head } from "./table";
import { broadcast, mul, sub } from "./vector";

/** Turns the logits in `head.z` into the gradient and returns the loss. */
export function crossEntropy<V>(head: Head, label: i32, labelSmoothing: f64, rowWeight: f32): f64 {
  const z = head.z;
  const classes = <f64>head.classes;
  softmaxSums<V>(head, z, labelSmoothing !== 0);
  const logit = load<f32>(z + label * sizeof<f32>());
  let loss = log(Softmax.sum) + <f64>Softmax.max - (1 - labelSmoothing) * <f64>logit;
  if (labelSmoothing !== 0) loss -= (labelSmoothing / classes) * Softmax.logits;

  const reciprocal = <f32>(1 / Softmax.sum);
  const target = <f32>(1 - labelSmoothing + labelSmoothing / classes);
  const ofLabel = exp<f32>(logit - shiftOf(Softmax.max)) * reciprocal;
  probabilityGradient<V>(head, exponentials<V>(head, z), reciprocal, <f32>(labelSmoothing / classes), rowWeight);
  store<f32>(z + label * sizeof<f32>(), (ofLabel - target) * rowWeight);
  return loss;
}

/** Writes (e ⊗ r ⊖ q) ⊗ rowWeight to `head.z`. */
function probabilityGradient<V>(head: Head, e: usize, reciprocal: f32, others: f32, rowWeight: f32): void {
  const r = broadcast<V, f32>(reciprocal);
  const q = broadcast<V, f32>(others);
  const w = broadcast<V, f32>(rowWeight);
  let z = head.z;
  for (const end = z + head.classes * sizeof<f32>(); z < end; z += sizeof<V>(), e += sizeof<V>()) {
    store<V>(z, mul<V, f32>(sub<V, f32>(mul<V, f32>(load<V>(e), r), q), w));
  }
}
