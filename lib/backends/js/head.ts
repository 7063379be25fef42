import { type HeadTable, unitOf } from "../../table.js";
import type { CrossEntropy, HeadKernels, HeadParameters, LossParameters } from "../backend.js";
import { denseProduct } from "./dense.js";
import { gradientWriter, type LabelMargin } from "./gradient.js";
import { hadamardProduct } from "./logits.js";
import { crossEntropy, logSumExp } from "./loss.js";
import { lowerCosine } from "./margin.js";
import type { Product } from "./product.js";
import { rowReader } from "./row.js";
import { signedRowsProduct } from "./signed-rows.js";
import { probabilityOf, softmaxSums } from "./softmax.js";
import { selectTopK } from "./top-k.js";

/** A new kind of table is one line here. */
function productOf(table: HeadTable): Product {
  if (table.kind === "hadamard") return hadamardProduct(table);
  if (table.kind === "product") return signedRowsProduct(table);
  return denseProduct(table);
}

/** The kernels of a head in plain TypeScript: docs/numerics.md as code. */
export function createHead(table: HeadTable): HeadKernels {
  const { features, classes } = table;
  const { row, read } = rowReader(table);
  const product = productOf(table);
  const { segments, logits } = product;
  const writeGradients = gradientWriter(table, row, product);
  const z = new Float32Array(classes);
  const products = new Float32Array(classes);
  const unit = unitOf(table);

  const rowsOf = (x: Float32Array): number => x.length / features;

  /** Leaves the logits of row r in `z`. */
  function rowLogits(x: Float32Array, r: number, { scale, bias }: HeadParameters): void {
    read(x, r * features, scale);
    logits(row, bias, z, 0);
  }

  function lossLogits(
    x: Float32Array,
    r: number,
    { scale, bias, normalised }: LossParameters,
    into: Float32Array | null = null,
  ): void {
    read(x, r * features, scale, normalised);
    logits(row, bias, z, 0, into);
  }

  /** Puts the logit that a margin leaves the label of row r into `z`. */
  function lowerLabel(
    r: number,
    { scale, bias }: LossParameters,
    { margin, labels }: CrossEntropy,
  ): LabelMargin | null {
    if (margin === null || labels === null) return null;
    const label = labels[r] as number;
    const cosine = ((products[label] as number) * unit) / row.length;
    const { value, slope } = lowerCosine(cosine, margin);
    z[label] = scale * value + (bias === null ? 0 : (bias[label] as number));
    return { label, slope, ofScale: value - slope * cosine };
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

    logSumExp(x, parameters, out) {
      for (let r = 0; r < rowsOf(x); r++) {
        lossLogits(x, r, parameters);
        out[r] = logSumExp(softmaxSums(z, segments));
      }
    },

    lossAndGradient(x, parameters, loss, losses, gradients) {
      const rowWeights = typeof loss.rowWeights === "number" ? Math.fround(loss.rowWeights) : loss.rowWeights;
      writeGradients(rowsOf(x), gradients, (r) => {
        const weight = typeof rowWeights === "number" ? rowWeights : (rowWeights[r] as number);
        if (weight === 0) {
          losses[r] = 0;
          return null;
        }
        lossLogits(x, r, parameters, loss.margin === null ? null : products);
        const margin = lowerLabel(r, parameters, loss);
        losses[r] = crossEntropy(z, segments, loss, r, weight);
        return { g: z, at: 0, margin };
      });
    },
  };
}
