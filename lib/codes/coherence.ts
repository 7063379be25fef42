import type { HeadTable } from "../backends/backend.js";
import { SEGMENT_FIELDS } from "../backends/backend.js";
import { transform } from "../backends/js/fwht.js";
import type { Coherence } from "./code.js";

/**
 * Coherence of a code of one block. Rows i and j of a Sylvester matrix, cut to N columns, have the inner product T[i ^ j] with
 * T the transform of N ones followed by zeros; so one transform gives every pair.
 */
export function coherence({ features, order, segments }: HeadTable): Coherence {
  const products = new Float64Array(order).fill(1, 0, features);
  transform(products, 0, order);
  const plus = new Uint8Array(order);
  const minus = new Uint8Array(order);
  let signed = -1;
  let absolute = 0;
  for (let s = 0; s < segments.length; s += SEGMENT_FIELDS) {
    const [, row, sign, , count] = segments.subarray(s, s + SEGMENT_FIELDS) as unknown as number[];
    (sign === 1 ? plus : minus).fill(1, row, (row as number) + (count as number));
  }
  const samePlus = differences(plus, plus);
  const sameMinus = differences(minus, minus);
  const across = differences(plus, minus);
  for (let d = 0; d < order; d++) {
    const cosine = (products[d] as number) / features;
    const same = (samePlus[d] as number) + (sameMinus[d] as number) > order / 2;
    const opposite = (across[d] as number) > order / 2;
    if (d > 0 && same) signed = Math.max(signed, cosine);
    if (opposite) signed = Math.max(signed, -cosine);
    if ((d > 0 && same) || opposite) absolute = Math.max(absolute, Math.abs(cosine));
  }
  return { absolute, signed };
}

/** order times the number of pairs (i in a, j in b) with i ^ j = d, for every d: a dyadic convolution. */
function differences(a: Uint8Array, b: Uint8Array): Float64Array {
  const x = Float64Array.from(a);
  const y = Float64Array.from(b);
  transform(x, 0, x.length);
  transform(y, 0, y.length);
  for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) * (y[i] as number);
  transform(x, 0, x.length);
  return x;
}
