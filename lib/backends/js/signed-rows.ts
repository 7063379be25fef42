import { GROUP, signedRows } from "../../hadamard/signed-rows.js";
import { PRODUCT_SEGMENT, type ProductTable } from "../../table.js";
import { transformRow } from "./fwht.js";
import type { Product } from "./product.js";

const { ceil, floor, fround, min } = Math;

/** The product with short signed rows: docs/numerics.md, "Product codes". */
export function signedRowsProduct(table: ProductTable): Product {
  const { features, classes, width, stages, magnitudes, packed } = table;
  const { count, bits, perWord, words } = signedRows(features, width, stages);
  /** The transform of every sub-vector. */
  const t = new Float32Array(count * width);
  /** For every sub-vector the entries that classes take: its transform, and behind that its negative. */
  const entries = new Float32Array(2 * count * width);
  /** Where in `entries` those of one stage of a class are. */
  const taken = new Int32Array(count);

  /** Words of a buffer that was transferred are read as if they were 0. */
  function checkWords(): void {
    if (packed.length > 0) return;
    throw new TypeError(
      "the class vectors of the head are gone: the buffer of its code's table was transferred; make the head again",
    );
  }

  function transformSubvectors(): void {
    for (let start = 0; start < t.length; start += width) transformRow(t, start, width, width, null);
  }

  function readRows(c: number, stage: number): void {
    let at = (floor(c / GROUP) * stages + stage) * words * GROUP + (c % GROUP);
    for (let j = 0; j < count; at += GROUP) {
      let word = packed[at] as number;
      for (let f = 0; f < perWord && j < count; f++, j++) {
        taken[j] = 2 * j * width + (word & (width - 1)) + ((word >>> (bits - 1)) & 1) * width;
        word >>>= bits;
      }
    }
  }

  const timesMagnitude = (v: number, c: number, stage: number): number =>
    magnitudes === null ? v : fround(v * (magnitudes[c * stages + stage] as number));

  /** The product with the vector of class c, of what is in `entries`. */
  function productOf(c: number): number {
    let product = 0;
    for (let stage = 0; stage < stages; stage++) {
      readRows(c, stage);
      let sum = 0;
      for (let j = 0; j < count; j++) sum = fround(sum + (entries[taken[j] as number] as number));
      const ofStage = timesMagnitude(sum, c, stage);
      product = stage === 0 ? ofStage : fround(product + ofStage);
    }
    return product;
  }

  return {
    segments: Array.from({ length: ceil(classes / PRODUCT_SEGMENT) }, (_, k) => {
      const first = k * PRODUCT_SEGMENT;
      return { row: 0, sign: 1, first, count: min(PRODUCT_SEGMENT, classes - first) };
    }),

    logits(row, bias, out, start, products = null) {
      checkWords();
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
        const product = productOf(c);
        if (products !== null) products[c] = product;
        const z = fround(row.alpha * product);
        out[start + c] = bias === null ? z : z + (bias[c] as number);
      }
    },

    transposed(g, at, u) {
      checkWords();
      entries.fill(0);
      for (let c = 0; c < classes; c++) {
        for (let stage = 0; stage < stages; stage++) {
          const v = timesMagnitude(g[at + c] as number, c, stage);
          readRows(c, stage);
          for (let j = 0; j < count; j++) {
            const entry = taken[j] as number;
            const bin = entry & width ? entry - width : entry;
            entries[bin] = (entries[bin] as number) + (entry & width ? -v : v);
          }
        }
      }
      for (let j = 0; j < count; j++) t.set(entries.subarray(2 * j * width, (2 * j + 1) * width), j * width);
      transformSubvectors();
      u.set(t.subarray(0, features));
    },
  };
}
