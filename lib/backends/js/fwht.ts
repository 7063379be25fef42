import { typedArrayName } from "../../checks.js";
import type { Base, TransformArray } from "../backend.js";
import { baseStage } from "./base.js";

/**
 * The transform of `x[start … start + n)`, stages in descending stride (docs/numerics.md). Entries from `support` on are
 * padding: while both inputs of a stage cannot be features, it copies. With a base, its stage comes first and leaves no
 * padding. Storing into the typed array does the rounding: to float32, to float64 or modulo 2³².
 */
export function transform(x: TransformArray, start: number, n: number, support = n, base?: Base): void {
  const end = start + n;
  if (base !== undefined) {
    const length = n / base.order;
    baseStage(x, start, length, base);
    for (let block = start; block < end; block += length) transform(x, block, length);
    return;
  }
  for (let h = n >> 1; h >= 1; h >>= 1) {
    for (let block = start; block < end; block += 2 * h) {
      if (support <= h) {
        x.copyWithin(block + h, block, block + h);
        continue;
      }
      for (let i = block; i < block + h; i++) {
        const a = x[i] as number;
        const b = x[i + h] as number;
        x[i] = a + b;
        x[i + h] = a - b;
      }
    }
  }
}

/** Every row in turn, then the factor. */
export function fwht(x: TransformArray, rowLength: number, factor: number, base?: Base): void {
  for (let start = 0; start < x.length; start += rowLength) transform(x, start, rowLength, rowLength, base);
  if (factor === 1) return;
  // By name: `instanceof` is false for an array of another realm.
  const type = typedArrayName(x);
  if (type === "Int32Array") {
    // The quotient in float64 is never rounded up to the next integer: that is at least 1 / rowLength away.
    for (let i = 0; i < x.length; i++) x[i] = Math.floor((x[i] as number) / rowLength);
  } else {
    const rounded = type === "Float32Array" ? Math.fround(factor) : factor;
    for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) * rounded;
  }
}
