import { checkFeatures, FEATURE_OPTIONS, type FeatureOptions, type Features } from "../features.js";
import { readOptions } from "../options.js";
import type { HeadCore } from "./core.js";
import { gradientBuffers, sum } from "./gradients.js";
import { runFusedLoss } from "./run-loss.js";
import { checkTargets, type Labels, ROW_OPTIONS, type RowOptions, type Targets } from "./targets.js";

/** Options of `calibrate`. */
export type CalibrationOptions = RowOptions & FeatureOptions;

/** What `calibrate` has found. */
export interface Calibration {
  /** T, from 2⁻¹⁰ to 2¹⁰, which scale and bias have been divided by; 1 where no other has a lower loss. */
  readonly temperature: number;
  /** The mean cross-entropy in nats before. */
  readonly before: number;
  /** The same after, never more. */
  readonly after: number;
}

/** Temperatures are searched between 2^−10 and 2^10: where labels are all the best class, colder is always better. */
const LARGEST = 2 ** 10;
/** The search ends when it knows the temperature to this part. The gradients are of float32. */
const PRECISION = 1e-7;
const MOST_STEPS = 100;

const PLAIN = { kernel: "crossEntropy", labelSmoothing: 0, classWeights: null, margin: null } as const;

/** What the mean loss is with scale and bias times β, and its derivative by β. */
interface Point {
  readonly beta: number;
  readonly loss: number;
  readonly slope: number;
}

/**
 * The temperature at which the loss has its minimum. The loss is convex in β = 1/T, and its derivative by β follows from the gradients by
 * scale and bias, so that no logits are kept.
 */
export function calibrate(
  core: HeadCore,
  x: Features,
  labels: Labels | Float32Array,
  options: CalibrationOptions | null | undefined,
): Calibration {
  const given = readOptions("calibrate", options, ROW_OPTIONS, FEATURE_OPTIONS);
  const input = checkFeatures(x, core.features, given);
  const targets = checkTargets(labels, input.rows, core.classes, given);
  const start = core.parameters();
  const { bias, weights } = core;
  const at = meanLoss(core, core.decoder.all(input), targets);
  const first = at(1);
  const { beta, loss } = minimum(at, first);
  if (!(loss < first.loss)) return { temperature: 1, before: first.loss, after: first.loss };
  if (weights === null) core.setScale(start.scale * beta);
  else weights.set(times(weights, beta));
  bias?.set(times(bias, beta));
  return { temperature: 1 / beta, before: first.loss, after: loss };
}

/** The mean loss as a function of β. The scale and bias are rounded as those of the head would be. */
function meanLoss(core: HeadCore, x: Float32Array, targets: Targets): (beta: number) => Point {
  const { scale, bias } = core.parameters();
  // Weights that are learned have no scale: there the rows are multiplied by β.
  const learned = core.weights !== null;
  const buffers = { ...gradientBuffers(core, x.length / core.features, undefined, []), weights: null };
  return (beta) => {
    const parameters = {
      scale: learned ? scale : Math.fround(scale * beta),
      bias: bias && times(bias, beta),
    };
    const rows = learned ? times(x, beta) : x;
    const loss = runFusedLoss(core, PLAIN, rows, targets, "mean", buffers, parameters) as number;
    // dL/dβ is the sum of ∂L/∂z times the logits z of β = 1.
    const ofProducts = learned ? dot(x, buffers.features) : scale * sum(buffers.scale);
    const ofBias = bias === null || buffers.bias === null ? 0 : dot(bias, buffers.bias);
    return { beta, loss, slope: ofProducts + ofBias };
  };
}

/** The point of least loss: the root of the slope, by false position (the Illinois method) within a bracket. */
function minimum(at: (beta: number) => Point, start: Point): Point {
  let best = start;
  const look = (beta: number): Point => {
    const point = at(beta);
    if (point.loss < best.loss) best = point;
    return point;
  };
  const rising = (point: Point): boolean => point.slope > 0;
  const factor = rising(start) ? 1 / 2 : 2;
  let near = start;
  let far = start;
  while (far.slope !== 0 && rising(far) === rising(start)) {
    if (far.beta <= 1 / LARGEST || far.beta >= LARGEST || !Number.isFinite(far.slope)) return best;
    near = far;
    far = look(far.beta * factor);
  }
  for (let step = 0; step < MOST_STEPS && Math.abs(far.beta - near.beta) > PRECISION * far.beta; step++) {
    const next = look(far.beta - (far.slope * (far.beta - near.beta)) / (far.slope - near.slope));
    if (next.slope === 0 || !Number.isFinite(next.slope)) return best;
    // A side that stays twice counts half, or the other would hardly ever move.
    near = rising(next) === rising(far) ? { ...near, slope: near.slope / 2 } : far;
    far = next;
  }
  return best;
}

const times = (values: Float32Array, factor: number): Float32Array => values.map((value) => value * factor);

function dot(a: Float32Array, b: Float32Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += (a[i] as number) * (b[i] as number);
  return total;
}
