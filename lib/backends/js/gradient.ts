import { type HeadTable, isLearned, unitOf } from "../../table.js";
import type { GradientBuffers } from "../backend.js";
import type { Product } from "./product.js";
import type { Row } from "./row.js";
import { foldLanes, LANES } from "./sums.js";

const { fround } = Math;

/** Sums over rows are taken in chunks of this many rows. */
export const CHUNK_ROWS = 32;

/** A sum over the rows of a batch, in chunks of rows: docs/numerics.md, "Sums over rows". */
interface RowSum {
  /** Call before each row; `index` counts from 0. */
  begin(index: number): void;
  add(i: number, value: number): void;
  /** Call after each row. */
  end(index: number, rows: number): void;
}

function rowSum(total: Float32Array): RowSum {
  const chunk = new Float32Array(total.length);
  total.fill(0);
  return {
    begin(index) {
      if (index % CHUNK_ROWS === 0) chunk.fill(0);
    },
    add(i, value) {
      chunk[i] = (chunk[i] as number) + value;
    },
    end(index, rows) {
      if (index % CHUNK_ROWS !== CHUNK_ROWS - 1 && index !== rows - 1) return;
      for (let i = 0; i < total.length; i++) total[i] = (total[i] as number) + (chunk[i] as number);
    },
  };
}

/** The gradient of the logits of one row: it starts at g[at]. */
export interface LogitGradient {
  readonly g: Float32Array;
  readonly at: number;
  /** What a margin changes; null: there is none. */
  readonly margin?: LabelMargin | null;
}

/** What a margin changes in the gradients of a row. */
export interface LabelMargin {
  readonly label: number;
  /** The derivative of the label's logit by s·cos θ. */
  readonly slope: number;
  /** Times the gradient of the label's logit: what is added to the gradient by scale. */
  readonly ofScale: number;
}

/**
 * Writes all gradients of row after row; `next` reads row r and returns the gradient of its logits, or null for a row that is left out.
 */
export type GradientWriter = (
  rows: number,
  buffers: GradientBuffers,
  next: (r: number) => LogitGradient | null,
) => void;

/** `row` is the one that was read last, `product` the product with the class vectors of the table. */
export function gradientWriter(table: HeadTable, row: Row, { transposed }: Product): GradientWriter {
  const { features, classes } = table;
  const learned = isLearned(table);
  const unit = unitOf(table);
  const lanes = new Float32Array(LANES);
  const u = new Float32Array(features);
  /** What a gradient by a logit is multiplied by in the gradient by the vector of its class. */
  const ofVector = new Float32Array(features);

  /** ∂x of one row into out[start …); returns ∂s. */
  function writeRow(gradient: LogitGradient, out: Float32Array, start: number): number {
    const { g, at, margin = null } = gradient;
    if (learned) {
      transposed(g, at, u);
      out.set(u, start);
      return 0;
    }
    // −0 changes no sum.
    const ofMargin = margin === null ? -0 : margin.ofScale * (g[at + margin.label] as number);
    if (row.zero) {
      out.fill(0, start, start + features);
      return 0 + ofMargin;
    }
    transposedWithMargin(gradient);
    for (let i = 0; i < features; i++) {
      const product = fround((u[i] as number) * (row.x[i] as number));
      lanes[i % LANES] = (lanes[i % LANES] as number) + product;
    }
    const dot = foldLanes(lanes, features);
    const beta = fround(dot / row.projection);
    for (let i = 0; i < features; i++) {
      const across = fround((u[i] as number) - fround((row.x[i] as number) * beta));
      out[start + i] = row.alphaOfInput * across;
    }
    return (dot * unit) / row.length + ofMargin;
  }

  /** Makes u; the gradient by the logit of the label is not that by its cosine. */
  function transposedWithMargin({ g, at, margin = null }: LogitGradient): void {
    if (margin === null) {
      transposed(g, at, u);
      return;
    }
    const { label, slope } = margin;
    const kept = g[at + label] as number;
    g[at + label] = kept * slope;
    transposed(g, at, u);
    g[at + label] = kept;
  }

  function addBiasGradient({ g, at }: LogitGradient, sum: RowSum): void {
    for (let c = 0; c < classes; c++) sum.add(c, g[at + c] as number);
  }

  function addWeightGradient(
    { g, at, margin = null }: LogitGradient,
    chosen: Int32Array | null,
    sum: RowSum,
  ): void {
    if (row.zero) return;
    for (let i = 0; i < features; i++)
      ofVector[i] = learned ? (row.x[i] as number) : row.ofVector * (row.x[i] as number);
    const count = chosen === null ? classes : chosen.length;
    for (let k = 0; k < count; k++) {
      const c = chosen === null ? k : (chosen[k] as number);
      const gradient = g[at + c] as number;
      const v = margin?.label === c ? fround(gradient * margin.slope) : gradient;
      for (let i = 0; i < features; i++) sum.add(k * features + i, fround(v * (ofVector[i] as number)));
    }
  }

  return (rows, buffers, next) => {
    const bias = buffers.bias && rowSum(buffers.bias);
    const weights = buffers.weights && rowSum(buffers.weights);
    for (let r = 0; r < rows; r++) {
      const gradient = next(r);
      bias?.begin(r);
      weights?.begin(r);
      if (gradient === null) {
        buffers.features.fill(0, r * features, (r + 1) * features);
        buffers.scale[r] = 0;
      } else {
        buffers.scale[r] = writeRow(gradient, buffers.features, r * features);
        if (bias) addBiasGradient(gradient, bias);
        if (weights) addWeightGradient(gradient, buffers.weightClasses ?? null, weights);
      }
      bias?.end(r, rows);
      weights?.end(r, rows);
    }
  };
}
