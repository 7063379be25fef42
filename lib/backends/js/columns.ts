import type { KroneckerFactor } from "../../hadamard/factor.js";
import { transform } from "../../numerics/transform.js";
import type { TransformArray } from "../backend.js";
import { factorStage } from "./factor.js";
import { multiply } from "./fwht.js";

/** Transforms the columns of blocks of `length` rows of `inner` elements, then multiplies. */
export function columns(
  x: TransformArray,
  length: number,
  inner: number,
  multiplier: number,
  factor: KroneckerFactor | null,
): void {
  const block = length * inner;
  const part = factor === null ? block : block / factor.order;
  for (let start = 0; start < x.length; start += block) {
    if (factor !== null) factorStage(x, start, part, factor);
    for (let at = start; at < start + block; at += part) transform(x, at, part, part, inner);
  }
  multiply(x, multiplier);
}
