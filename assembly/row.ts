/** A row of features: its norm, its signs, and the columns in which its features stand. */
import { exponentOf, powerOfTwo } from "./math";
import { largestMagnitude, padded, SUM_GROUP, sumOfSquares } from "./sums";
import { Block, Head } from "./table";
import { broadcast, flipSigns, mul, signs } from "./vector";

const EPSILON: f64 = 1e-8;
const SUM_MIN: f32 = 8.271806125530277e-25; // 2^−80
const SUM_MAX: f32 = 1.2676506002282294e30; // 2^100

/** What {@link readRows} leaves of a row for the passes after it. */
@unmanaged
export class Row {
  /** What the row is divided by. */
  length: f64;
  /** What divides ⟨u, x⟩ where the part along the row is taken off its gradient. */
  projection: f64;
  /** What a margin adds to the gradient by scale; −0 changes no sum. */
  ofMargin: f64;
  /** The scaled row; +0 follows up to the order and to whole groups. */
  x: usize;
  /** Where its logits may be kept. */
  z: usize;
  /** Which of the rows that were read together it is. */
  index: i32;
  /** Whether it has no direction: all of its gradients are 0. */
  zero: bool;
  /** α, from the transform to the logit. */
  alpha: f32;
  /** α′, from the gradient by the scaled row to that by the row as given. */
  alphaOfInput: f32;
  /** The product with the class vector of the label, where labels were given to `logits`. */
  ofLabel: f32;
}

/** Rows are taken together at most by so many. */
const MOST_ROWS = 4;
const read = memory.data(MOST_ROWS * offsetof<Row>(), 8);

/** The row of which the passes speak. */
export let row: Row = changetype<Row>(read);

@inline
export function selectRow(index: i32): void {
  row = changetype<Row>(read + index * offsetof<Row>());
}

/** Returns how many bytes are from one row of padded features to the next. */
@inline
export function rowBytes(head: Head): usize {
  return (head.order + SUM_GROUP) * sizeof<f32>();
}

/** Returns how many bytes are from one row of logits that are kept to the next. */
@inline
export function logitBytes(head: Head): usize {
  return (head.classes + SUM_GROUP) * sizeof<f32>();
}

/**
 * Reads a row, in place or into `copy`, and may scale it there. If it is not normalised, it is not divided by its norm. Signed rows need the
 * copy, which has +0 behind it.
 */
export function readRow<V>(head: Head, x: usize, copy: usize, scale: f64, normalised: bool): void {
  const features = head.features;
  if (head.packed !== 0 || features < head.order || features % SUM_GROUP !== 0) {
    memory.copy(copy, x, features * sizeof<f32>());
    x = copy;
  }
  let sum = sumOfSquares<V>(x, padded(features));
  let down: f64 = 1;
  if (sum < SUM_MIN || sum > SUM_MAX) {
    const a = largestMagnitude<V>(x, features);
    if (a > 0 && a < Infinity) {
      down = powerOfTwo(-exponentOf(a));
      for (let p = x, end = x + features * sizeof<f32>(); p < end; p += sizeof<f32>()) {
        store<f32>(p, <f32>(<f64>load<f32>(p) * down));
      }
      sum = sumOfSquares<V>(x, padded(features));
    }
  }
  row.x = x;
  row.ofMargin = -0.0;
  if (normalised && head.normalised) {
    const norm = Math.sqrt(<f64>sum);
    row.zero = sum === 0;
    row.length = norm + EPSILON * down;
    row.projection = norm * row.length;
  } else {
    row.zero = false;
    row.length = down;
    row.projection = Infinity;
  }
  const gain = (scale * head.unit) / row.length;
  row.alpha = <f32>gain;
  row.alphaOfInput = <f32>(gain * down);
}

/** Which powers of two bring bits 28 to 31 of a word into the sign bits of four lanes. */
const TO_SIGNS = memory.data<u32>([8, 4, 2, 1], 16);

/** Copies `n` floats times a factor, negating those whose bit in the mask is set; whole words of the mask, 32 floats each. */
export function applyMask<V>(to: usize, x: usize, mask: usize, n: i32, factor: f32): void {
  const by = broadcast<V, f32>(factor);
  const minus = signs<V, f32>();
  const toSigns = load<V>(TO_SIGNS);
  for (const end = to + n * sizeof<f32>(); to < end; mask += sizeof<u32>()) {
    if (isVector<V>()) {
      const word = i32x4.mul(v128.load32_splat(mask), toSigns);
      signedAt<V>(to, x, 0, i32x4.shl(word, 28), by, minus);
      signedAt<V>(to, x, 1, i32x4.shl(word, 24), by, minus);
      signedAt<V>(to, x, 2, i32x4.shl(word, 20), by, minus);
      signedAt<V>(to, x, 3, i32x4.shl(word, 16), by, minus);
      signedAt<V>(to, x, 4, i32x4.shl(word, 12), by, minus);
      signedAt<V>(to, x, 5, i32x4.shl(word, 8), by, minus);
      signedAt<V>(to, x, 6, i32x4.shl(word, 4), by, minus);
      signedAt<V>(to, x, 7, word, by, minus);
    } else {
      const word = load<u32>(mask);
      for (let i = 0; i < 32; i++) {
        store<V>(to + i * sizeof<V>(), flipSigns<V>(mul<V, f32>(load<V>(x + i * sizeof<V>()), by), word, i));
      }
    }
    to += 32 * sizeof<f32>();
    x += 32 * sizeof<f32>();
  }
}

@inline
function signedAt<V>(to: usize, x: usize, i: usize, word: v128, by: V, minus: V): void {
  const at = i * sizeof<V>();
  store<V>(to + at, v128.xor(mul<V, f32>(load<V>(x + at), by), v128.and(word, minus)));
}

/** Puts the masked row into `head.t`, feature by feature into its column, with +0 where no feature stands. */
export function scatterRow(head: Head, block: Block, x: usize): void {
  const t = head.t;
  memory.fill(t, 0, head.order * sizeof<f32>());
  for (let i = 0; i < head.features; i++) {
    const v = load<u32>(x + i * sizeof<f32>());
    store<u32>(t + columnOf(head, i), v ^ signBit(block, i));
  }
}

/** Returns the offset in bytes of the column in which a feature stands. */
@inline
export function columnOf(head: Head, i: i32): usize {
  return load<u32>(head.columns + i * sizeof<u32>()) * sizeof<f32>();
}

/** Returns bit 31 set where the feature is negated. */
@inline
export function signBit(block: Block, i: i32): u32 {
  if (block.mask === 0) return 0;
  return (load<u32>(block.mask + (i >> 5) * sizeof<u32>()) >> (i & 31)) << 31;
}
