import type { Engine } from "../engine/engine.js";
import { FixedHead } from "./fixed.js";
import { createFixedMatrixHead } from "./fixed-matrix.js";
import type { Head, HeadShape } from "./head.js";
import { createMatrixHead } from "./matrix.js";
import { ProductHead } from "./product.js";
import { readHead } from "./spec.js";

/** `text` as the option `heads` has it. */
export async function createHead(
  text: string,
  shape: HeadShape,
  seed: number,
  engine: Engine,
): Promise<Head> {
  const spec = readHead(text);
  if (spec.kind === "matrix") return createMatrixHead(spec.name, shape, seed, engine);
  if (spec.kind === "product") return new ProductHead(shape, spec.width, seed);
  const fixed = new FixedHead(shape, spec.code, seed);
  const given = fixed.classifier();
  const isMatrix = given.code.order === 0 && given.features === shape.features;
  return isMatrix ? createFixedMatrixHead(given, shape, seed, engine) : fixed;
}
