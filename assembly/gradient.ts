/** The gradients of a row, and their sums over rows. */
import { transformBlock } from "./block";
import { applyMask, columnOf, row, signBit } from "./row";
import { transposedOf } from "./signed-rows";
import { clear, dot, padded, SUM_GROUP } from "./sums";
import { Block, block, Head, Segment, segment } from "./table";
import { add, broadcast, lanes, mul, sub } from "./vector";

/** Sums over rows are taken in chunks of this many rows. */
export const CHUNK_ROWS = 32;

/**
 * Writes ∂x of the row to `out` and returns ∂s. The gradients by the logits of all rows that were read together have been through
 * `transposed` where the head has signed rows.
 */
export function inputGradient<V>(head: Head, gradLogits: usize, out: usize): f64 {
  const features = head.features;
  if (row.zero) {
    memory.fill(out, 0, features * sizeof<f32>());
    return 0 + row.ofMargin;
  }
  const u = head.packed === 0 ? sumOfTransforms<V>(head, gradLogits) : transposedOf<V>(head);
  clear<V>(u + features * sizeof<f32>(), SUM_GROUP);
  const along = <f64>dot<V>(u, row.x, padded(features));
  const beta = <f32>(along / row.projection);
  acrossRow<V>(out, u, features, beta);
  return (along * head.unit) / row.length + row.ofMargin;
}

/** Writes α′ ⊗ (u ⊖ x ⊗ β), four vectors at a time. */
function acrossRow<V>(out: usize, u: usize, features: i32, beta: f32): void {
  const by = broadcast<V, f32>(beta);
  const alpha = broadcast<V, f32>(row.alphaOfInput);
  let x = row.x;
  for (const end = out + features * sizeof<f32>(); out < end; out += 4 * sizeof<V>()) {
    acrossAt<V>(out, u, x, by, alpha);
    acrossAt<V>(out + sizeof<V>(), u + sizeof<V>(), x + sizeof<V>(), by, alpha);
    acrossAt<V>(out + 2 * sizeof<V>(), u + 2 * sizeof<V>(), x + 2 * sizeof<V>(), by, alpha);
    acrossAt<V>(out + 3 * sizeof<V>(), u + 3 * sizeof<V>(), x + 3 * sizeof<V>(), by, alpha);
    u += 4 * sizeof<V>();
    x += 4 * sizeof<V>();
  }
}

@inline
function acrossAt<V>(out: usize, u: usize, x: usize, by: V, alpha: V): void {
  store<V>(out, mul<V, f32>(alpha, sub<V, f32>(load<V>(u), mul<V, f32>(load<V>(x), by))));
}

/** Returns the address of Σ d_k ⊙ t_k over the blocks. */
function sumOfTransforms<V>(head: Head, gradLogits: usize): usize {
  const t = head.t;
  const u = head.u;
  const features = head.features;
  for (let k = 0; k < head.blockCount; k++) {
    const b = block(head, k);
    scatterGradients<V>(head, b, gradLogits);
    if (head.columns !== 0) {
      transformBlock<V>(head, head.transposedFactor, t, b.rows, head.order);
      gatherRow(head, b, k === 0);
      continue;
    }
    transformBlock<V>(head, head.transposedFactor, t, b.rows, features);
    if (b.mask !== 0) applyMask<V>(t, t, b.mask, features, 1);
    if (head.blockCount === 1) return t;
    if (k === 0) memory.copy(u, t, features * sizeof<f32>());
    else addTo<V>(u, t, features);
  }
  return u;
}

/** Takes the masked features of `head.t` from their columns into `head.u`, or adds them to it. */
function gatherRow(head: Head, block: Block, first: bool): void {
  const t = head.t;
  let u = head.u;
  for (let i = 0; i < head.features; i++, u += sizeof<f32>()) {
    const v = reinterpret<f32>(load<u32>(t + columnOf(head, i)) ^ signBit(block, i));
    store<f32>(u, first ? v : load<f32>(u) + v);
  }
}

/** Adds the gradients of a block's classes up in `head.t`, each at its row of the matrix. */
function scatterGradients<V>(head: Head, b: Block, gradLogits: usize): void {
  memory.fill(head.t, 0, head.order * sizeof<f32>());
  for (let s = 0; s < b.segmentCount; s++) {
    const part = segment(b, s);
    scatterSegment<V>(part, head.t + part.row * sizeof<f32>(), gradLogits + part.first * sizeof<f32>());
  }
}

/** Rows of other segments may follow, so a segment ends with single floats. */
function scatterSegment<V>(part: Segment, v: usize, g: usize): void {
  const whole = part.count & -lanes<V, f32>();
  accumulate<V>(v, g, whole, part.sign > 0);
  const at = whole * sizeof<f32>();
  accumulate<f32>(v + at, g + at, part.count - whole, part.sign > 0);
}

/** Adds `n` floats, or subtracts them. */
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
  for (; v + 4 * sizeof<V>() <= end; v += 4 * sizeof<V>(), g += 4 * sizeof<V>()) {
    addAt<V>(v, g);
    addAt<V>(v + sizeof<V>(), g + sizeof<V>());
    addAt<V>(v + 2 * sizeof<V>(), g + 2 * sizeof<V>());
    addAt<V>(v + 3 * sizeof<V>(), g + 3 * sizeof<V>());
  }
  for (; v < end; v += sizeof<V>(), g += sizeof<V>()) addAt<V>(v, g);
}

@inline
function addAt<V>(v: usize, g: usize): void {
  store<V>(v, add<V, f32>(load<V>(v), load<V>(g)));
}

/** Writes +0 ⊕ g, as adding it to cleared memory would. */
function startWith<V>(v: usize, g: usize, n: i32): void {
  const zero = broadcast<V, f32>(0);
  const end = v + n * sizeof<f32>();
  for (; v < end; v += sizeof<V>(), g += sizeof<V>()) store<V>(v, add<V, f32>(zero, load<V>(g)));
}

/** Adds the bias gradient of row `index` of `rows`; rows come in order, in one call or several. */
export function addBiasGradient<V>(head: Head, gradLogits: usize, index: i32, rows: i32): void {
  const classes = head.classes;
  const chunk = head.chunk;
  const biasGradient = head.biasGradient;
  if (index % CHUNK_ROWS === 0) startWith<V>(chunk, gradLogits, classes);
  else addTo<V>(chunk, gradLogits, classes);
  if (index % CHUNK_ROWS !== CHUNK_ROWS - 1 && index !== rows - 1) return;
  if (index < CHUNK_ROWS) startWith<V>(biasGradient, chunk, classes);
  else addTo<V>(biasGradient, chunk, classes);
}
