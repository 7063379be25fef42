/**
 * What the host calls. Arguments are addresses in the memory of the module, which the host lays out, and lengths in elements.
 * A kernel may read and write up to 256 bytes past the end of any array it is given.
 */

import { transformColumns } from "./columns";
import { factorStage, KroneckerFactor } from "./factor";
import { divide, multiply, shiftRight, transformRows } from "./fwht";
import * as kernel from "./head";
import * as rounding from "./nearest-rows";
import * as rotations from "./rotation";
import { CrossEntropy, Head } from "./table";
import { writeSigns } from "./vector";
import * as weights from "./weights";

if (ASC_FEATURE_SIMD) writeSigns();

/** Transforms rows of n elements. `factor` is the address of B where n is its order times a power of two, and 0 elsewhere. */
function transformAll<V, T>(x: usize, n: i32, rows: i32, factor: usize): void {
  const bytes = <usize>n * sizeof<T>();
  const end = x + bytes * rows;
  if (factor === 0) {
    transformRows<V, T>(x, end, bytes);
    return;
  }
  const b = changetype<KroneckerFactor>(factor);
  const stretch = bytes / b.order;
  for (; x < end; x += bytes) {
    factorStage<V, T>(b, x, stretch, b.order);
    transformRows<V, T>(x, x + bytes, stretch);
  }
}

export function fwhtF32(x: usize, n: i32, rows: i32, factor: usize): void {
  if (ASC_FEATURE_SIMD) transformAll<v128, f32>(x, n, rows, factor);
  else transformAll<f32, f32>(x, n, rows, factor);
}

export function fwhtF64(x: usize, n: i32, rows: i32, factor: usize): void {
  if (ASC_FEATURE_SIMD) transformAll<v128, f64>(x, n, rows, factor);
  else transformAll<f64, f64>(x, n, rows, factor);
}

export function fwhtI32(x: usize, n: i32, rows: i32, factor: usize): void {
  if (ASC_FEATURE_SIMD) transformAll<v128, i32>(x, n, rows, factor);
  else transformAll<i32, i32>(x, n, rows, factor);
}

/** Does only the stage of the factor, on pieces of `width` elements. */
export function factorF32(x: usize, factor: KroneckerFactor, width: i32): void {
  if (ASC_FEATURE_SIMD) factorStage<v128, f32>(factor, x, width * 4, factor.order);
  else factorStage<f32, f32>(factor, x, width * 4, factor.order);
}

export function factorF64(x: usize, factor: KroneckerFactor, width: i32): void {
  if (ASC_FEATURE_SIMD) factorStage<v128, f64>(factor, x, width * 8, factor.order);
  else factorStage<f64, f64>(factor, x, width * 8, factor.order);
}

export function factorI32(x: usize, factor: KroneckerFactor, width: i32): void {
  if (ASC_FEATURE_SIMD) factorStage<v128, i32>(factor, x, width * 4, factor.order);
  else factorStage<i32, i32>(factor, x, width * 4, factor.order);
}

/** Transforms the columns of blocks of `length` rows of `inner` elements. */
export function columnsF32(x: usize, length: i32, inner: i32, blocks: i32, factor: usize): void {
  if (ASC_FEATURE_SIMD) transformColumns<v128, f32>(x, length, inner * 4, blocks, factor);
  else transformColumns<f32, f32>(x, length, inner * 4, blocks, factor);
}

export function columnsF64(x: usize, length: i32, inner: i32, blocks: i32, factor: usize): void {
  if (ASC_FEATURE_SIMD) transformColumns<v128, f64>(x, length, inner * 8, blocks, factor);
  else transformColumns<f64, f64>(x, length, inner * 8, blocks, factor);
}

export function columnsI32(x: usize, length: i32, inner: i32, blocks: i32, factor: usize): void {
  if (ASC_FEATURE_SIMD) transformColumns<v128, i32>(x, length, inner * 4, blocks, factor);
  else transformColumns<i32, i32>(x, length, inner * 4, blocks, factor);
}

export function multiplyF32(x: usize, length: i32, multiplier: f64): void {
  if (ASC_FEATURE_SIMD) multiply<v128, f32>(x, length * 4, <f32>multiplier);
  else multiply<f32, f32>(x, length * 4, <f32>multiplier);
}

export function multiplyF64(x: usize, length: i32, multiplier: f64): void {
  if (ASC_FEATURE_SIMD) multiply<v128, f64>(x, length * 8, multiplier);
  else multiply<f64, f64>(x, length * 8, multiplier);
}

export function shiftRightI32(x: usize, length: i32, shift: i32): void {
  if (ASC_FEATURE_SIMD) shiftRight<v128>(x, length * 4, shift);
  else shiftRight<i32>(x, length * 4, shift);
}

export function divideI32(x: usize, length: i32, divisor: i32): void {
  if (ASC_FEATURE_SIMD) divide<v128>(x, length * 4, divisor);
  else divide<i32>(x, length * 4, divisor);
}

/** Returns the address from which the host may lay out its arrays. */
export function heapBase(): usize {
  return __heap_base;
}

export function rotate(rotation: rotations.Rotation, x: usize, rows: i32, inverse: bool): void {
  if (ASC_FEATURE_SIMD) rotations.rotate<v128>(rotation, x, rows, inverse);
  else rotations.rotate<f32>(rotation, x, rows, inverse);
}

export function forward(head: Head, x: usize, rows: i32, scale: f64, bias: usize, out: usize): void {
  if (ASC_FEATURE_SIMD) kernel.forward<v128>(head, x, rows, scale, bias, out);
  else kernel.forward<f32>(head, x, rows, scale, bias, out);
}

export function probabilities(head: Head, x: usize, rows: i32, scale: f64, bias: usize, out: usize): void {
  if (ASC_FEATURE_SIMD) kernel.probabilities<v128>(head, x, rows, scale, bias, out);
  else kernel.probabilities<f32>(head, x, rows, scale, bias, out);
}

export function chosenProbabilities(
  head: Head,
  x: usize,
  rows: i32,
  scale: f64,
  bias: usize,
  chosen: usize,
  count: i32,
  out: usize,
): void {
  if (ASC_FEATURE_SIMD) kernel.chosenProbabilities<v128>(head, x, rows, scale, bias, chosen, count, out);
  else kernel.chosenProbabilities<f32>(head, x, rows, scale, bias, chosen, count, out);
}

export function topK(
  head: Head,
  x: usize,
  rows: i32,
  scale: f64,
  bias: usize,
  k: i32,
  classes: usize,
  scores: usize,
): void {
  if (ASC_FEATURE_SIMD) kernel.topK<v128>(head, x, rows, scale, bias, k, classes, scores);
  else kernel.topK<f32>(head, x, rows, scale, bias, k, classes, scores);
}

export function backward(
  head: Head,
  x: usize,
  rows: i32,
  scale: f64,
  gradLogits: usize,
  gradFeatures: usize,
  gradScale: usize,
  withBias: bool,
  first: i32,
  total: i32,
  kept: usize,
): void {
  if (ASC_FEATURE_SIMD)
    kernel.backward<v128>(head, x, rows, scale, gradLogits, gradFeatures, gradScale, withBias, first, total, kept);
  else
    kernel.backward<f32>(head, x, rows, scale, gradLogits, gradFeatures, gradScale, withBias, first, total, kept);
}

export function logSumExp(
  head: Head,
  x: usize,
  rows: i32,
  scale: f64,
  bias: usize,
  normalised: bool,
  out: usize,
): void {
  if (ASC_FEATURE_SIMD) kernel.logSumExp<v128>(head, x, rows, scale, bias, normalised, out);
  else kernel.logSumExp<f32>(head, x, rows, scale, bias, normalised, out);
}

export function lossAndGradient(
  head: Head,
  x: usize,
  rows: i32,
  scale: f64,
  bias: usize,
  normalised: bool,
  loss: CrossEntropy,
  losses: usize,
  gradFeatures: usize,
  gradScale: usize,
  withBias: bool,
  first: i32,
  total: i32,
  kept: usize,
): void {
  if (ASC_FEATURE_SIMD)
    kernel.lossAndGradient<v128>(
      head,
      x,
      rows,
      scale,
      bias,
      normalised,
      loss,
      losses,
      gradFeatures,
      gradScale,
      withBias,
      first,
      total,
      kept,
    );
  else
    kernel.lossAndGradient<f32>(
      head,
      x,
      rows,
      scale,
      bias,
      normalised,
      loss,
      losses,
      gradFeatures,
      gradScale,
      withBias,
      first,
      total,
      kept,
    );
}

export function addWeights(kept: weights.KeptRows, first: i32, count: i32, out: usize): void {
  if (ASC_FEATURE_SIMD) weights.addWeights<v128>(kept, first, count, out);
  else weights.addWeights<f32>(kept, first, count, out);
}

/** The baseline has no lanes to round in, and leaves it to the host. */
export function nearestRows(x: usize, rows: i32, features: i32, width: i32, out: usize): bool {
  if (ASC_FEATURE_SIMD) return rounding.nearestRows(x, rows, features, width, out);
  return false;
}
