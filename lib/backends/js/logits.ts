import { bitAt } from "../../hadamard/bits.js";
import type { HadamardTable } from "../../table.js";
import { transformRow } from "./fwht.js";
import type { Product } from "./product.js";
import { type Block, readBlocks } from "./table.js";

const { fround } = Math;

/** The product by a transform of the masked row for each block. */
export function hadamardProduct(table: HadamardTable): Product {
  const { features, order, factor, masks, columns } = table;
  const transposedFactor = factor?.transposed ?? null;
  const blocks = readBlocks(table);
  // Features that are spread over the matrix leave no padding behind them.
  const support = columns === null ? features : order;
  const t = new Float32Array(order);

  const negated = (block: Block, i: number): boolean => bitAt(masks, block.mask, i) === 1;
  const columnOf = (i: number): number => (columns === null ? i : (columns[i] as number));

  return {
    segments: blocks.flatMap(({ segments }) => segments),

    logits(row, bias, out, start, products = null) {
      for (const block of blocks) {
        t.fill(0);
        for (let i = 0; i < features; i++) {
          const v = row.x[i] as number;
          t[columnOf(i)] = negated(block, i) ? -v : v;
        }
        transformRow(t, 0, order, support, factor);
        for (const { row: first, sign, first: c, count } of block.segments) {
          const alpha = sign * row.alpha;
          for (let i = 0; i < count; i++) {
            const product = fround(alpha * (t[first + i] as number));
            if (products !== null) products[c + i] = sign * (t[first + i] as number);
            out[start + c + i] = bias === null ? product : product + (bias[c + i] as number);
          }
        }
      }
    },

    transposed(g, at, u) {
      blocks.forEach((block, k) => {
        t.fill(0);
        for (const { row: first, sign, first: c, count } of block.segments) {
          for (let i = 0; i < count; i++) {
            t[first + i] = (t[first + i] as number) + sign * (g[at + c + i] as number);
          }
        }
        transformRow(t, 0, order, block.rows, transposedFactor);
        for (let i = 0; i < features; i++) {
          const w = t[columnOf(i)] as number;
          const v = negated(block, i) ? -w : w;
          u[i] = k === 0 ? v : (u[i] as number) + v;
        }
      });
    },
  };
}
