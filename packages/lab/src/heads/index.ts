import type { Engine } from "../engine/engine.js";
import { createBlendedHead } from "./blended.js";
import { FixedHead } from "./fixed.js";
import { createFixedMatrixHead } from "./fixed-matrix.js";
import { createFrozenHead } from "./frozen.js";
import type { Head, HeadShape } from "./head.js";
import { createMatrixHead } from "./matrix.js";
import { ProductHead } from "./product.js";
import { type ProductSpec, readHead } from "./spec.js";

const PRODUCTS = {
  product: async ({ width }: ProductSpec, shape: HeadShape, seed: number): Promise<Head> =>
    new ProductHead(shape, width, seed),
  blended: createBlendedHead,
  frozen: createFrozenHead,
};

/** `text` as the option `heads` has it. */
export async function createHead(
  text: string,
  shape: HeadShape,
  seed: number,
  engine: Engine,
): Promise<Head> {
  const spec = readHead(text);
  if (spec.kind === "matrix") return createMatrixHead(spec.name, shape, seed, engine);
  if (spec.kind !== "fixed") return PRODUCTS[spec.kind](spec, shape, seed, engine);
  const fixed = new FixedHead(shape, spec.code, seed);
  const given = fixed.classifier();
  const isMatrix = given.code.order === 0 && given.features === shape.features;
  return isMatrix ? createFixedMatrixHead(given, shape, seed, engine) : fixed;
}
