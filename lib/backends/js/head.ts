import type { CrossEntropy, GradientBuffers, HeadKernels, HeadParameters, HeadTable } from "../backend.js";
import { foldLanes, LANES } from "./math.js";
import { productOf } from "./product.js";
import { rowReader } from "./row.js";
import { crossEntropy, probabilityOf, softmaxSums } from "./softmax.js";
import { type RowSum, rowSum } from "./sums.js";
import { selectTopK } from "./top-k.js";

const { fround } = Math;

/** The kernels of a head in plain TypeScript: docs/numerics.md as code. */
export function createHead(table: HeadTable): HeadKernels {
  const { features, classes, unit, normalised } = table;
  const { row, read } = rowReader(table);
  const { segments, logits, transposed } = productOf(table);
  const lanes = new Float32Array(LANES);
  const u = new Float32Array(features);
  const z = new Float32Array(classes);

  const rowsOf = (x: Float32Array): number => x.length / features;

  /** Leaves the logits of row r in `z`. */
  function rowLogits(x: Float32Array, r: number, { scale, bias }: HeadParameters): void {
    read(x, r * features, scale);
    logits(row, bias, z, 0);
  }

  /** ∂x of one row into out[start …); returns ∂s. The gradient of the logits starts at g[at]. */
  function inputGradient(g: Float32Array, at: number, out: Float32Array, start: number): number {
    if (!normalised) {
      transposed(g, at, u);
      out.set(u, start);
      return 0;
    }
    if (row.zero) {
      out.fill(0, start, start + features);
      return 0;
    }
    transposed(g, at, u);
    for (let i = 0; i < features; i++) {
      const product = fround((u[i] as number) * (row.x[i] as number));
      lanes[i % LANES] = (lanes[i % LANES] as number) + product;
    }
    const dot = foldLanes(lanes, features);
    const beta = fround(dot / (row.norm * (row.norm + row.epsilon)));
    for (let i = 0; i < features; i++) {
      const across = fround((u[i] as number) - fround((row.x[i] as number) * beta));
      out[start + i] = row.alphaOfInput * across;
    }
    return (dot * unit) / (row.norm + row.epsilon);
  }

  function addBiasGradient(g: Float32Array, at: number, sum: RowSum): void {
    for (let c = 0; c < classes; c++) sum.add(c, g[at + c] as number);
  }

  function addWeightGradient(g: Float32Array, at: number, sum: RowSum): void {
    for (let c = 0; c < classes; c++) {
      for (let i = 0; i < features; i++) {
        sum.add(c * features + i, fround((g[at + c] as number) * (row.x[i] as number)));
      }
    }
  }

  /** All gradients of row after row; `next` reads a row and returns where the gradient of its logits is. */
  function gradients(
    rows: number,
    buffers: GradientBuffers,
    next: (r: number) => { g: Float32Array; at: number },
  ): void {
    const bias = buffers.bias && rowSum(buffers.bias);
    const weights = buffers.weights && rowSum(buffers.weights);
    for (let r = 0; r < rows; r++) {
      const { g, at } = next(r);
      buffers.scale[r] = inputGradient(g, at, buffers.features, r * features);
      bias?.begin(r);
      weights?.begin(r);
      if (bias) addBiasGradient(g, at, bias);
      if (weights) addWeightGradient(g, at, weights);
      bias?.end(r, rows);
      weights?.end(r, rows);
    }
  }

  return {
    forward(x: Float32Array, { scale, bias }: HeadParameters, out: Float32Array): void {
      for (let r = 0; r < rowsOf(x); r++) {
        read(x, r * features, scale);
        logits(row, bias, out, r * classes);
      }
    },

    probabilities(x: Float32Array, parameters: HeadParameters, out: Float32Array): void {
      for (let r = 0; r < rowsOf(x); r++) {
        rowLogits(x, r, parameters);
        const probability = probabilityOf(softmaxSums(z, segments));
        for (let c = 0; c < classes; c++) out[r * classes + c] = probability(z[c] as number);
      }
    },

    chosenProbabilities(
      x: Float32Array,
      parameters: HeadParameters,
      chosen: Int32Array,
      out: Float32Array,
    ): void {
      for (let r = 0; r < rowsOf(x); r++) {
        rowLogits(x, r, parameters);
        const probability = probabilityOf(softmaxSums(z, segments));
        chosen.forEach((c, i) => {
          out[r * chosen.length + i] = probability(z[c] as number);
        });
      }
    },

    topK(
      x: Float32Array,
      parameters: HeadParameters,
      k: number,
      outClasses: Int32Array,
      outScores: Float32Array,
    ): void {
      for (let r = 0; r < rowsOf(x); r++) {
        rowLogits(x, r, parameters);
        selectTopK(z, k, outClasses, outScores, r * k);
      }
    },

    backward(
      x: Float32Array,
      { scale }: HeadParameters,
      gradLogits: Float32Array,
      buffers: GradientBuffers,
    ): void {
      gradients(rowsOf(x), buffers, (r) => {
        read(x, r * features, scale);
        return { g: gradLogits, at: r * classes };
      });
    },

    lossAndGradient(
      x: Float32Array,
      parameters: HeadParameters,
      { labels, labelSmoothing, factor }: CrossEntropy,
      losses: Float32Array,
      buffers: GradientBuffers,
    ): void {
      const factor32 = fround(factor);
      gradients(rowsOf(x), buffers, (r) => {
        rowLogits(x, r, parameters);
        losses[r] = crossEntropy(z, segments, labels[r] as number, labelSmoothing, factor32);
        return { g: z, at: 0 };
      });
    },
  };
}
