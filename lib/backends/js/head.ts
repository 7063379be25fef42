import type { HeadTable } from "../../table.js";
import type { HeadKernels, HeadParameters } from "../backend.js";
import { denseProduct } from "./dense.js";
import { gradientWriter } from "./gradient.js";
import { hadamardProduct } from "./logits.js";
import { crossEntropy } from "./loss.js";
import type { Product } from "./product.js";
import { rowReader } from "./row.js";
import { probabilityOf, softmaxSums } from "./softmax.js";
import { selectTopK } from "./top-k.js";

/** A new kind of table is one line here. */
const productOf = (table: HeadTable): Product =>
  table.kind === "hadamard" ? hadamardProduct(table) : denseProduct(table);

/** The kernels of a head in plain TypeScript: docs/numerics.md as code. */
export function createHead(table: HeadTable): HeadKernels {
  const { features, classes } = table;
  const { row, read } = rowReader(table);
  const product = productOf(table);
  const { segments, logits } = product;
  const writeGradients = gradientWriter(table, row, product);
  const z = new Float32Array(classes);

  const rowsOf = (x: Float32Array): number => x.length / features;

  /** Leaves the logits of row r in `z`. */
  function rowLogits(x: Float32Array, r: number, { scale, bias }: HeadParameters): void {
    read(x, r * features, scale);
    logits(row, bias, z, 0);
  }

  return {
    forward(x, { scale, bias }, out) {
      for (let r = 0; r < rowsOf(x); r++) {
        read(x, r * features, scale);
        logits(row, bias, out, r * classes);
      }
    },

    probabilities(x, parameters, out) {
      for (let r = 0; r < rowsOf(x); r++) {
        rowLogits(x, r, parameters);
        const probability = probabilityOf(softmaxSums(z, segments));
        for (let c = 0; c < classes; c++) out[r * classes + c] = probability(z[c] as number);
      }
    },

    chosenProbabilities(x, parameters, chosen, out) {
      for (let r = 0; r < rowsOf(x); r++) {
        rowLogits(x, r, parameters);
        const probability = probabilityOf(softmaxSums(z, segments));
        chosen.forEach((c, i) => {
          out[r * chosen.length + i] = probability(z[c] as number);
        });
      }
    },

    topK(x, parameters, k, outClasses, outScores) {
      for (let r = 0; r < rowsOf(x); r++) {
        rowLogits(x, r, parameters);
        selectTopK(z, k, outClasses, outScores, r * k);
      }
    },

    backward(x, { scale }, gradLogits, gradients) {
      writeGradients(rowsOf(x), gradients, (r) => {
        read(x, r * features, scale);
        return { g: gradLogits, at: r * classes };
      });
    },

    lossAndGradient(x, parameters, { labels, labelSmoothing, rowWeight }, losses, gradients) {
      const weight = Math.fround(rowWeight);
      writeGradients(rowsOf(x), gradients, (r) => {
        rowLogits(x, r, parameters);
        losses[r] = crossEntropy(z, segments, labels[r] as number, labelSmoothing, weight);
        return { g: z, at: 0 };
      });
    },
  };
}
