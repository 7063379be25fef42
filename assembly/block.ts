/** The transform of a row by a block. */
import { factorStage, KroneckerFactor } from "./factor";
import { transform, transformRows } from "./fwht";
import { applyMask, row, scatterRow } from "./row";
import { Block, Head } from "./table";
import { add } from "./vector";

/** Leaves the block's transform of the row in `head.t`. */
export function transformRow<V>(head: Head, block: Block): void {
  const t = head.t;
  const order = head.order;
  const features = head.features;
  if (head.columns !== 0) {
    scatterRow(head, block, row.x);
    transformBlock<V>(head, head.factor, t, order, block.rows);
    return;
  }
  let source = row.x;
  if (block.mask !== 0) {
    applyMask<V>(t, source, block.mask, features, 1);
    memory.fill(t + features * sizeof<f32>(), 0, (order - features) * sizeof<f32>());
    source = t;
  }
  transformBlock<V>(head, head.factor, source, features, block.rows);
}

/**
 * Does {@link transformPowerOfTwo} for any order and leaves the results in `head.t`. The stage of the factor, which is that of the head
 * or its transpose, takes all entries, since it mixes them, and makes the stretches that have wanted results.
 */
export function transformBlock<V>(
  head: Head,
  factorAt: usize,
  source: usize,
  support: i32,
  wanted: i32,
): void {
  const t = head.t;
  const order = head.order;
  if (factorAt === 0) {
    transformPowerOfTwo<V>(t, source, order, support, wanted);
    return;
  }
  if (source !== t) memory.copy(t, source, order * sizeof<f32>());
  const factor = changetype<KroneckerFactor>(factorAt);
  const stretch: usize = (order / factor.order) * sizeof<f32>();
  const stretches = (wanted * sizeof<f32>() + stretch - 1) / stretch;
  factorStage<V, f32>(factor, t, stretch, stretches);
  transformRows<V, f32>(t, t + stretches * stretch, stretch);
}

/**
 * Leaves the first `wanted` results of the transform of n entries in `t`. The entries are at `source` and +0 from `support` on. A stage
 * that would copy makes the results repeat: it is left out, and they are copied at the end. A stage of whose results only the first half
 * is wanted computes only sums.
 */
function transformPowerOfTwo<V>(t: usize, source: usize, n: i32, support: i32, wanted: i32): void {
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

/** Stores the sums of the two halves of an array, four vectors at a time: it may write so much behind them. */
function addHalves<V>(to: usize, x: usize, half: i32): void {
  const bytes: usize = half * sizeof<f32>();
  for (const end = x + bytes; x < end; x += 4 * sizeof<V>(), to += 4 * sizeof<V>()) {
    const y = x + bytes;
    store<V>(to, add<V, f32>(load<V>(x), load<V>(y)));
    store<V>(to + sizeof<V>(), add<V, f32>(load<V>(x + sizeof<V>()), load<V>(y + sizeof<V>())));
    store<V>(to + 2 * sizeof<V>(), add<V, f32>(load<V>(x + 2 * sizeof<V>()), load<V>(y + 2 * sizeof<V>())));
    store<V>(to + 3 * sizeof<V>(), add<V, f32>(load<V>(x + 3 * sizeof<V>()), load<V>(y + 3 * sizeof<V>())));
  }
}
