import { signedRows, unpackRows } from "../hadamard/signed-rows.js";
import type { ProductTable } from "../table.js";
import type { Coherence } from "./code.js";

/**
 * Over all pairs of classes. Two sub-vectors have the product ±d where their rows are the same and 0 where they are not, but for the last one,
 * if that is shorter.
 */
export function productCoherence({ features, classes, width, packed }: ProductTable): Coherence {
  const { count } = signedRows(features, width);
  const rows = unpackRows(signedRows(features, width), packed, classes);
  const whole = Math.floor(features / width);
  const products = rowProducts(width, width);
  const ofLast = rowProducts(width, features % width);
  let absolute = 0;
  let signed = -features;
  for (let c = 0; c < classes; c++) {
    for (let other = 0; other < c; other++) {
      let sum = 0;
      for (let j = 0; j < count; j++) {
        const [a, b] = [rows[c * count + j] as number, rows[other * count + j] as number];
        sum += (j < whole ? products : ofLast)[a * 2 * width + b] as number;
      }
      if (sum > signed) signed = sum;
      if (sum > -features) absolute = Math.max(absolute, Math.abs(sum));
    }
  }
  return { absolute: absolute / features, signed: signed / features };
}

/** The products of the first `length` entries of any two signed rows. */
function rowProducts(width: number, length: number): Int8Array {
  const entry = (row: number, i: number): number => {
    let bits = row & i & (width - 1);
    let sign = row < width ? 1 : -1;
    for (; bits !== 0; bits &= bits - 1) sign = -sign;
    return sign;
  };
  return Int8Array.from({ length: 4 * width * width }, (_, at) => {
    const [a, b] = [Math.floor(at / (2 * width)), at % (2 * width)];
    let sum = 0;
    for (let i = 0; i < length; i++) sum += entry(a, i) * entry(b, i);
    return sum;
  });
}
