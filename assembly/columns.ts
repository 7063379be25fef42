/**
 * The transform of columns: of `length` rows of `inner` elements, of which each element of a row belongs to a column of its own. A vector
 * holds neighbouring columns, so that a column gets the additions of a row one for one. Lengths and strides are in bytes here.
 */
import { factorStage, KroneckerFactor } from "./factor";
import { stages2, stages4, stages8 } from "./fwht";

function pass2<V, T>(x: usize, stride: usize): void {
  const end = x + stride;
  for (; x + sizeof<V>() <= end; x += sizeof<V>()) stages2<V, T>(x, stride);
  for (; x < end; x += sizeof<T>()) stages2<T, T>(x, stride);
}

function pass4<V, T>(x: usize, stride: usize): void {
  const end = x + stride;
  for (; x + sizeof<V>() <= end; x += sizeof<V>()) stages4<V, T>(x, stride);
  for (; x < end; x += sizeof<T>()) stages4<T, T>(x, stride);
}

function pass8<V, T>(x: usize, stride: usize): void {
  const end = x + stride;
  for (; x + sizeof<V>() <= end; x += sizeof<V>()) stages8<V, T>(x, stride, false);
  for (; x < end; x += sizeof<T>()) stages8<T, T>(x, stride, false);
}

/** Transforms the columns of a power of two of rows of `inner` bytes, `bytes` in all. */
function transformPower<V, T>(x: usize, bytes: usize, inner: usize): void {
  const rows = bytes / inner;
  if (rows >= 8) {
    const stride = bytes / 8;
    pass8<V, T>(x, stride);
    if (rows === 8) return;
    for (const end = x + bytes; x < end; x += stride) transformPower<V, T>(x, stride, inner);
  } else if (rows === 4) {
    pass4<V, T>(x, inner);
  } else if (rows === 2) {
    pass2<V, T>(x, inner);
  }
}

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
    for (; x < end; x += block) transformPower<V, T>(x, block, inner);
    return;
  }
  const b = changetype<KroneckerFactor>(factor);
  const stretch = block / b.order;
  while (x < end) {
    factorStage<V, T>(b, x, stretch, b.order);
    for (const next = x + block; x < next; x += stretch) transformPower<V, T>(x, stretch, inner);
  }
}
