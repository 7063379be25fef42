import { checkArray, checkRows } from "../checks.js";
import { roundToRows } from "../codes/rounding.js";
import { signedRows } from "../hadamard/signed-rows.js";
import type { HeadCore } from "./core.js";

/** Rounds class vectors to those that the code of the head can have. */
export function round({ settings }: HeadCore, weights: Float32Array): Uint8Array {
  const { features, code } = settings;
  if (code.name !== "product") {
    throw new TypeError(`rounding is for heads of code "product", and this one is of code "${code.name}"`);
  }
  checkArray("weights", weights, "Float32Array");
  checkRows("weights", weights, features, "features");
  return roundToRows(weights, features, signedRows(features, code.width as number));
}
