/** The logit of a label whose cosine is lowered by a margin: docs/numerics.md, "Margins". */
import { row } from "./row";
import { CrossEntropy, Head } from "./table";

/** The least sin²θ that a gradient is divided by. */
const LEAST_SQUARED_SINE: f64 = 1e-12;

/** What a margin leaves of the gradients of a row. */
export namespace LabelMargin {
  /** The derivative of the label's logit by s·cos θ. */
  export let slope: f64 = 1;
  /** Times the gradient of the label's logit: what is added to the gradient by scale. */
  export let ofScale: f64 = 0;
}

/** Puts the logit that the margin leaves the label of the row into its logits. */
export function lowerLabel(head: Head, loss: CrossEntropy, label: i32, scale: f64, bias: usize): void {
  const at = label * sizeof<f32>();
  const c = (<f64>row.ofLabel * head.unit) / row.length;
  const squaredSine = 1 - c * c;
  const sine = Math.sqrt(squaredSine > LEAST_SQUARED_SINE ? squaredSine : LEAST_SQUARED_SINE);
  let value: f64 = c - loss.beyond - loss.cosine;
  let slope: f64 = 1;
  if (c > -loss.cosOfAngle) {
    value = c * loss.cosOfAngle - sine * loss.sinOfAngle - loss.cosine;
    slope = loss.cosOfAngle + (c * loss.sinOfAngle) / sine;
  }
  store<f32>(row.z + at, <f32>(scale * value + (bias === 0 ? 0 : <f64>load<f32>(bias + at))));
  LabelMargin.slope = slope;
  LabelMargin.ofScale = value - slope * c;
}

/** Turns the gradient by the logit of the label into that by its cosine, and keeps what it adds to that by scale. */
export function lowerGradient(label: i32): void {
  const at = row.z + label * sizeof<f32>();
  const g = <f64>load<f32>(at);
  store<f32>(at, <f32>(g * LabelMargin.slope));
  row.ofMargin = LabelMargin.ofScale * g;
}
