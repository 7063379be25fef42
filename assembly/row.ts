/** A row of features: its norm, and its transform by a block. */
import { Base, baseStage } from "./base";
import { scatterRow } from "./columns";
import { transform } from "./fwht";
import { exponentOf, powerOfTwo } from "./math";
import { GROUP, largestMagnitude, padded, sumOfSquares } from "./sums";
import { Block, Head } from "./table";
import { add, lanes, negate } from "./vector";

const EPSILON: f64 = 1e-8;
const SUM_MIN: f32 = 8.271806125530277e-25; // 2^−80
const SUM_MAX: f32 = 1.2676506002282294e30; // 2^100

/** What {@link readRow} leaves for the passes after it. */
export namespace Row {
  /** The scaled row. Followed by +0 up to the order and to whole groups. */
  export let x: usize = 0;
  export let norm: f64 = 0;
  export let epsilon: f64 = 0;
  /** Logit factor α, and α′ for gradients. */
  export let alpha: f32 = 0;
  export let alphaOfInput: f32 = 0;
}

/** May scale the row in place. */
export function readRow<V>(head: Head, x: usize, scale: f64): void {
  const features = head.features;
  const order = head.order;
  if (features < order || features % GROUP !== 0) {
    memory.copy(head.row, x, features * sizeof<f32>());
    x = head.row;
  }
  let sum = sumOfSquares<V>(x, padded(features));
  let exponent = 0;
  if (sum < SUM_MIN || sum > SUM_MAX) {
    const a = largestMagnitude<V>(x, features);
    if (a > 0 && a < Infinity) {
      exponent = exponentOf(a);
      const down = powerOfTwo(-exponent);
      for (let p = x, end = x + features * sizeof<f32>(); p < end; p += sizeof<f32>()) {
        store<f32>(p, <f32>(<f64>load<f32>(p) * down));
      }
      sum = sumOfSquares<V>(x, padded(features));
    }
  }
  Row.x = x;
  Row.norm = Math.sqrt(<f64>sum);
  Row.epsilon = EPSILON * powerOfTwo(-exponent);
  const gain = (scale * head.unit) / (Row.norm + Row.epsilon);
  Row.alpha = <f32>gain;
  Row.alphaOfInput = <f32>(gain * powerOfTwo(-exponent));
}

/** Leaves the block's transform of the row in `head.t`. */
export function transformRow<V>(head: Head, block: Block): void {
  const t = head.t;
  const order = head.order;
  const features = head.features;
  if (head.columns !== 0) {
    scatterRow(head, block, Row.x);
    transformBlock<V>(head, t, order, block.rows);
    return;
  }
  let source = Row.x;
  if (block.mask !== 0) {
    applyMask<V>(t, source, block.mask, features);
    memory.fill(t + features * sizeof<f32>(), 0, (order - features) * sizeof<f32>());
    source = t;
  }
  transformBlock<V>(head, source, features, block.rows);
}

/** {@link transformSupport} for any order, into `head.t`. A base mixes all entries, so that none of its stage is left out. */
export function transformBlock<V>(head: Head, source: usize, support: i32, wanted: i32): void {
  const t = head.t;
  const order = head.order;
  if (head.base === 0) {
    transformSupport<V>(t, source, order, support, wanted);
    return;
  }
  if (source !== t) memory.copy(t, source, order * sizeof<f32>());
  const base = changetype<Base>(head.base);
  const n = order / base.order;
  baseStage<V, f32>(base, t, n * sizeof<f32>(), (wanted + n - 1) / n);
  for (let first = 0; first < wanted; first += n) {
    const stretch = t + first * sizeof<f32>();
    transformSupport<V>(stretch, stretch, n, n, min(n, wanted - first));
  }
}

/**
 * The first `wanted` results of the transform of n entries at `source`, which are +0 from `support` on, into `t`. A stage that would
 * copy makes the results repeat, so it is left out and they are copied at the end; a stage of whose results only the first half
 * is wanted computes only sums.
 */
export function transformSupport<V>(t: usize, source: usize, n: i32, support: i32, wanted: i32): void {
  while (support <= n >> 1) n >>= 1;
  while (wanted <= n >> 1) {
    n >>= 1;
    addHalves<V>(t, source, n);
    source = t;
  }
  if (source !== t) memory.copy(t, source, n * sizeof<f32>());
  transform<V, f32>(t, n * sizeof<f32>());
  for (; n < wanted; n <<= 1) {
    memory.copy(t + n * sizeof<f32>(), t, min(n, wanted - n) * sizeof<f32>());
  }
}

function addHalves<V>(to: usize, x: usize, half: i32): void {
  const bytes: usize = half * sizeof<f32>();
  for (const end = x + bytes; x < end; x += sizeof<V>(), to += sizeof<V>()) {
    store<V>(to, add<V, f32>(load<V>(x), load<V>(x + bytes)));
  }
}

/** Copies `n` floats, negating those whose bit in the mask is set. */
export function applyMask<V>(to: usize, x: usize, mask: usize, n: i32): void {
  for (const end = to + n * sizeof<f32>(); to < end; mask += sizeof<u32>()) {
    const word = load<u32>(mask);
    for (let i = 0; i < 32; i += lanes<V, f32>()) {
      store<V>(to, negate<V>(load<V>(x), word, i));
      to += sizeof<V>();
      x += sizeof<V>();
    }
  }
}
