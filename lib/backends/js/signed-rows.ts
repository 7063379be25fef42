import { GROUP, signedRows } from "../../hadamard/signed-rows.js";
import { PRODUCT_SEGMENT, type ProductTable } from "../../table.js";
import { transformRow } from "./fwht.js";
import type { Product } from "./product.js";

const { ceil, floor, fround, min } = Math;

/** The product with short signed rows: docs/numerics.md, "Product codes". */
export function signedRowsProduct({ features, classes, width, packed }: ProductTable): Product {
  const { count, bits, perWord, words } = signedRows(features, width);
  /** The transform of every sub-vector. */
  const t = new Float32Array(count * width);
  /** For every sub-vector the entries that classes take: its transform, and behind that its negative. */
  const entries = new Float32Array(2 * count * width);
  /** Where in `entries` those of one class are. */
  const taken = new Int32Array(count);

  function transformSubvectors(): void {
    for (let start = 0; start < t.length; start += width) transformRow(t, start, width, width, null);
  }

  function readClass(c: number): void {
    let at = floor(c / GROUP) * words * GROUP + (c % GROUP);
    for (let j = 0; j < count; at += GROUP) {
      let word = packed[at] as number;
      for (let f = 0; f < perWord && j < count; f++, j++) {
        taken[j] = 2 * j * width + (word & (width - 1)) + ((word >>> (bits - 1)) & 1) * width;
        word >>>= bits;
      }
    }
  }

  return {
    segments: Array.from({ length: ceil(classes / PRODUCT_SEGMENT) }, (_, k) => {
      const first = k * PRODUCT_SEGMENT;
      return { row: 0, sign: 1, first, count: min(PRODUCT_SEGMENT, classes - first) };
    }),

    logits(row, bias, out, start, products = null) {
      t.fill(0);
      t.set(row.x);
      transformSubvectors();
      for (let j = 0; j < count; j++) {
        for (let k = 0; k < width; k++) {
          const v = t[j * width + k] as number;
          entries[2 * j * width + k] = v;
          entries[(2 * j + 1) * width + k] = -v;
        }
      }
      for (let c = 0; c < classes; c++) {
        readClass(c);
        let sum = 0;
        for (let j = 0; j < count; j++) sum = fround(sum + (entries[taken[j] as number] as number));
        if (products !== null) products[c] = sum;
        const z = fround(row.alpha * sum);
        out[start + c] = bias === null ? z : z + (bias[c] as number);
      }
    },

    transposed(g, at, u) {
      entries.fill(0);
      for (let c = 0; c < classes; c++) {
        const v = g[at + c] as number;
        readClass(c);
        for (let j = 0; j < count; j++) {
          const entry = taken[j] as number;
          const bin = entry & width ? entry - width : entry;
          entries[bin] = (entries[bin] as number) + (entry & width ? -v : v);
        }
      }
      for (let j = 0; j < count; j++) t.set(entries.subarray(2 * j * width, (2 * j + 1) * width), j * width);
      transformSubvectors();
      u.set(t.subarray(0, features));
    },
  };
}
