/** The logit of a label whose cosine is lowered by a margin: docs/numerics.md, "Margins". */
import { Row } from "./row";
import { CrossEntropy, Head } from "./table";

/** The least sin²θ that a gradient is divided by. */
const LEAST_SQUARED_SINE: f64 = 1e-12;

/** What {@link lowerLabel} leaves for the gradients of a row. */
export namespace LabelMargin {
  /** The derivative of the label's logit by s·cos θ. */
  export let slope: f64 = 1;
  /** Times the gradient of the label's logit: what is added to the gradient by scale. */
  export let ofScale: f64 = 0;
}

/** Puts the logit that the margin leaves the label into `head.z`. */
export function lowerLabel(head: Head, loss: CrossEntropy, label: i32, scale: f64, bias: usize): void {
  const at = label * sizeof<f32>();
  const c = (<f64>Row.ofLabel * head.unit) / Row.length;
  const squaredSine = 1 - c * c;
  const sine = Math.sqrt(squaredSine > LEAST_SQUARED_SINE ? squaredSine : LEAST_SQUARED_SINE);
  let value: f64 = c - loss.beyond - loss.cosine;
  let slope: f64 = 1;
  if (c > -loss.cosOfAngle) {
    value = c * loss.cosOfAngle - sine * loss.sinOfAngle - loss.cosine;
    slope = loss.cosOfAngle + (c * loss.sinOfAngle) / sine;
  }
  store<f32>(head.z + at, <f32>(scale * value + (bias === 0 ? 0 : <f64>load<f32>(bias + at))));
  LabelMargin.slope = slope;
  LabelMargin.ofScale = value - slope * c;
}
