import { checkArray, checkRows } from "../checks.js";
import { rotatedWeights, roundToRows, roundWithMagnitudes } from "../codes/rounding.js";
import { signedRows } from "../hadamard/signed-rows.js";
import type { ProductTable } from "../table.js";
import type { HeadCore } from "./core.js";

/** Rounds class vectors to those that the code of the head can have. */
export function round({ settings, code, backend }: HeadCore, weights: Float32Array): Uint8Array {
  const { features, code: options } = settings;
  if (options.name !== "product") {
    throw new TypeError(`rounding is for heads of code "product", and this one is of code "${options.name}"`);
  }
  checkArray("weights", weights, "Float32Array");
  checkRows("weights", weights, features, "features");
  const { width, stages, rotation, normalised } = code.table as ProductTable;
  const rows = signedRows(features, width, stages);
  const turned =
    rotation === null
      ? weights
      : rotatedWeights(weights, features, (copy) => backend.rotation(rotation).rotate(copy, false));
  if (stages === 1) return roundToRows(turned, features, rows, backend.nearestRows);
  return roundWithMagnitudes(turned, features, rows, normalised).assignment;
}
