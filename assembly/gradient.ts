import { gather } from "./columns";
import { exp, log } from "./math";
import { applyMask, Row, transformBlock } from "./row";
import { exponentials, Softmax, shiftOf, softmaxSums } from "./softmax";
import { clear, dot, GROUP, padded } from "./sums";
import { Block, block, Head, Segment, segment } from "./table";
import { add, lanes, mul, splat, sub } from "./vector";

const CHUNK_ROWS = 32;

/** Turns the logits in `head.z` into the gradient and returns the loss. */
export function crossEntropy<V>(head: Head, label: i32, smoothing: f64, factor: f32): f64 {
  const z = head.z;
  const classes = <f64>head.classes;
  softmaxSums<V>(head, z, smoothing !== 0);
  const logit = load<f32>(z + label * sizeof<f32>());
  let loss = log(Softmax.sum) + <f64>Softmax.max - (1 - smoothing) * <f64>logit;
  if (smoothing !== 0) loss -= (smoothing / classes) * Softmax.logits;

  const reciprocal = <f32>(1 / Softmax.sum);
  const target = <f32>(1 - smoothing + smoothing / classes);
  const ofLabel = exp<f32>(logit - shiftOf(Softmax.max)) * reciprocal;
  probabilityGradient<V>(head, exponentials<V>(head, z), reciprocal, <f32>(smoothing / classes), factor);
  store<f32>(z + label * sizeof<f32>(), (ofLabel - target) * factor);
  return loss;
}

/** (e ⊗ r ⊖ q) ⊗ factor into `head.z`. */
function probabilityGradient<V>(head: Head, e: usize, reciprocal: f32, others: f32, factor: f32): void {
  const r = splat<V, f32>(reciprocal);
  const q = splat<V, f32>(others);
  const f = splat<V, f32>(factor);
  let z = head.z;
  for (const end = z + head.classes * sizeof<f32>(); z < end; z += sizeof<V>(), e += sizeof<V>()) {
    store<V>(z, mul<V, f32>(sub<V, f32>(mul<V, f32>(load<V>(e), r), q), f));
  }
}

/** ∂x of the current row into `out`; returns ∂s. */
export function inputGradient<V>(head: Head, gradLogits: usize, out: usize): f64 {
  const features = head.features;
  if (Row.norm === 0) {
    memory.fill(out, 0, features * sizeof<f32>());
    return 0;
  }
  const u = sumOfTransforms<V>(head, gradLogits);
  clear<V>(u + features * sizeof<f32>(), GROUP);
  const along = <f64>dot<V>(u, Row.x, padded(features));
  const beta = <f32>(along / (Row.norm * (Row.norm + Row.epsilon)));
  acrossRow<V>(out, u, features, beta);
  return (along * head.unit) / (Row.norm + Row.epsilon);
}

/** α′ ⊗ (u ⊖ x ⊗ β). */
function acrossRow<V>(out: usize, u: usize, features: i32, beta: f32): void {
  const by = splat<V, f32>(beta);
  const alpha = splat<V, f32>(Row.alphaOfInput);
  let x = Row.x;
  for (const end = out + features * sizeof<f32>(); out < end; out += sizeof<V>()) {
    store<V>(out, mul<V, f32>(alpha, sub<V, f32>(load<V>(u), mul<V, f32>(load<V>(x), by))));
    u += sizeof<V>();
    x += sizeof<V>();
  }
}

/** Address of Σ d_k ⊙ t_k over the blocks. */
function sumOfTransforms<V>(head: Head, gradLogits: usize): usize {
  const t = head.t;
  const u = head.u;
  const features = head.features;
  for (let k = 0; k < head.blockCount; k++) {
    const b = block(head, k);
    scatter<V>(head, b, gradLogits);
    if (head.columns !== 0) {
      transformBlock<V>(head, t, b.rows, head.order);
      gather(head, b, k === 0);
      continue;
    }
    transformBlock<V>(head, t, b.rows, features);
    if (b.mask !== 0) applyMask<V>(t, t, b.mask, features);
    if (head.blockCount === 1) return t;
    if (k === 0) memory.copy(u, t, features * sizeof<f32>());
    else addTo<V>(u, t, features);
  }
  return u;
}

/** The gradients of a block's classes to their rows, in `head.t`. */
function scatter<V>(head: Head, b: Block, gradLogits: usize): void {
  memory.fill(head.t, 0, head.order * sizeof<f32>());
  for (let s = 0; s < b.segmentCount; s++) {
    const part = segment(b, s);
    scatterSegment<V>(part, head.t + part.row * sizeof<f32>(), gradLogits + part.first * sizeof<f32>());
  }
}

/** Other rows follow, so this one ends with single floats. */
function scatterSegment<V>(part: Segment, v: usize, g: usize): void {
  const whole = part.count & -lanes<V, f32>();
  accumulate<V>(v, g, whole, part.sign > 0);
  const at = whole * sizeof<f32>();
  accumulate<f32>(v + at, g + at, part.count - whole, part.sign > 0);
}

@inline
function accumulate<V>(v: usize, g: usize, n: i32, positive: bool): void {
  const end = v + n * sizeof<f32>();
  if (positive) {
    addTo<V>(v, g, n);
    return;
  }
  for (; v < end; v += sizeof<V>(), g += sizeof<V>()) store<V>(v, sub<V, f32>(load<V>(v), load<V>(g)));
}

function addTo<V>(v: usize, g: usize, n: i32): void {
  const end = v + n * sizeof<f32>();
  for (; v < end; v += sizeof<V>(), g += sizeof<V>()) store<V>(v, add<V, f32>(load<V>(v), load<V>(g)));
}

/** Adds the bias gradient of row `index` of `rows`; rows come in order, in one call or several. */
export function addBiasGradient<V>(head: Head, gradLogits: usize, index: i32, rows: i32): void {
  const classes = head.classes;
  const chunk = head.chunk;
  const biasGradient = head.biasGradient;
  if (index === 0) memory.fill(biasGradient, 0, classes * sizeof<f32>());
  if (index % CHUNK_ROWS === 0) memory.fill(chunk, 0, classes * sizeof<f32>());
  addTo<V>(chunk, gradLogits, classes);
  if (index % CHUNK_ROWS === CHUNK_ROWS - 1 || index === rows - 1) addTo<V>(biasGradient, chunk, classes);
}
