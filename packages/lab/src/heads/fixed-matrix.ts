import type { FixedClassifier } from "fixed-classifier";
import { classVectors } from "../codes/gram.js";
import type { Engine } from "../engine/engine.js";
import type { Head, HeadShape } from "./head.js";
import { createMatrixHead } from "./matrix.js";

/**
 * A head whose class vectors stay as they are and are no rows of a Hadamard matrix. The core keeps such a matrix for comparison only, without
 * kernels of its own, so it is trained as a cosine head whose matrix nobody changes: an engine multiplies by one many times as fast.
 */
export async function createFixedMatrixHead(
  given: FixedClassifier,
  shape: HeadShape,
  seed: number,
  engine: Engine,
): Promise<Head> {
  const inner = await createMatrixHead("cosine", shape, seed, engine);
  const [matrix, bias, scale] = inner.parameters;
  matrix.value.set(classVectors(given, shape.classes));
  scale.value[0] = given.scale;
  const classifier = (): FixedClassifier => {
    given.scale = scale.value[0];
    given.bias?.set(bias.value);
    return given;
  };
  return {
    ...inner,
    parameters: [scale, bias],
    parameterCount: 1 + shape.classes,
    get bytes() {
      return classifier().toSafetensors().byteLength;
    },
    get scale() {
      return scale.value[0];
    },
    classifier,
  };
}
