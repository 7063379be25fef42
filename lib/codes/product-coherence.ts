import { type SignedRows, signedRows, unpackRows } from "../hadamard/signed-rows.js";
import type { ProductTable } from "../table.js";
import type { Coherence } from "./code.js";
import { matrixCoherence } from "./matrix-coherence.js";
import { expand } from "./rounding.js";

/** Over all pairs of classes. A rotation changes none of their products. */
export function productCoherence(table: ProductTable): Coherence {
  const { features, classes, width, stages, packed } = table;
  const shape = signedRows(features, width, stages);
  const rows = unpackRows(shape, packed, classes);
  const zero = table.magnitudes?.some((magnitude) => magnitude === 0) ?? false;
  return stages === 1 && !zero ? ofRows(table, shape, rows) : matrixCoherence(vectors(table, shape, rows));
}

/** The class vectors, but for the unit. */
function* vectors(
  { features, classes, width, stages, magnitudes }: ProductTable,
  { count }: SignedRows,
  rows: Uint8Array,
): Generator<Float64Array> {
  const ofStage = new Int8Array(features);
  for (let c = 0; c < classes; c++) {
    const vector = new Float64Array(features);
    for (let stage = 0, at = c * stages; stage < stages; stage++, at++) {
      const magnitude = magnitudes === null ? 1 : (magnitudes[at] as number);
      expand(rows.subarray(at * count, (at + 1) * count), width, ofStage);
      ofStage.forEach((sign, i) => {
        vector[i] = (vector[i] as number) + magnitude * sign;
      });
    }
    yield vector;
  }
}

/**
 * Of vectors of one stage, whose magnitudes change no cosine. Two sub-vectors have the product ±d where their rows are the same and 0 where they are not, but for the last one,
 * if that is shorter.
 */
function ofRows(
  { features, classes, width }: ProductTable,
  { count }: SignedRows,
  rows: Uint8Array,
): Coherence {
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
  const entries = Array.from({ length: 2 * width }, (_, row) => {
    const vector = new Int8Array(length);
    expand(Uint8Array.of(row), width, vector);
    return vector;
  });
  return Int8Array.from(
    entries.flatMap((a) => entries.map((b) => a.reduce((sum, v, i) => sum + v * (b[i] as number), 0))),
  );
}
