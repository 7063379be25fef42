import type { DenseTable } from "../../table.js";
import type { Product } from "./product.js";
import { foldLanes, LANES } from "./sums.js";

const { fround } = Math;

/** The product with a matrix that is kept: docs/numerics.md, "Dense codes". */
export function denseProduct({ features, classes, normalised, weights }: DenseTable): Product {
  const lanes = new Float32Array(LANES);
  return {
    segments: [{ row: 0, sign: 1, first: 0, count: classes }],

    logits(row, bias, out, start, products = null) {
      for (let c = 0; c < classes; c++) {
        for (let i = 0; i < features; i++) {
          const product = fround((weights[c * features + i] as number) * (row.x[i] as number));
          lanes[i % LANES] = (lanes[i % LANES] as number) + product;
        }
        const sum = foldLanes(lanes, features);
        if (products !== null) products[c] = sum;
        const z = normalised ? fround(row.alpha * sum) : sum;
        out[start + c] = bias === null ? z : z + (bias[c] as number);
      }
    },

    transposed(g, at, u) {
      u.fill(0);
      for (let c = 0; c < classes; c++) {
        for (let i = 0; i < features; i++) {
          u[i] = (u[i] as number) + fround((g[at + c] as number) * (weights[c * features + i] as number));
        }
      }
    },
  };
}
