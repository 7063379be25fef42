/**
 * The transform of columns: of `length` rows of `inner` elements, of which each element of a row belongs to a column of its own. A vector
 * holds neighbouring columns, so that a column gets the additions of a row one for one. Lengths and strides are in bytes here.
 */
import { factorStage, KroneckerFactor } from "./factor";
import { transformColumn } from "./fwht";

/**
 * Transforms the columns of blocks of `length` rows of `inner` bytes. `factor` is the address of B where the length is its order times a power of
 * two, and 0 elsewhere.
 */
export function transformColumns<V, T>(
  x: usize,
  length: i32,
  inner: usize,
  blocks: i32,
  factor: usize,
): void {
  const block = <usize>length * inner;
  const end = x + block * blocks;
  if (factor === 0) {
    for (; x < end; x += block) transformColumn<V, T>(x, block, inner);
    return;
  }
  const b = changetype<KroneckerFactor>(factor);
  const stretch = block / b.order;
  while (x < end) {
    factorStage<V, T>(b, x, stretch, b.order);
    for (const next = x + block; x < next; x += stretch) transformColumn<V, T>(x, stretch, inner);
  }
}
