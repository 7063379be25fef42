import { FixedClassifier, type Gradient } from "fixed-classifier";
import type { Engine } from "../engine/engine.js";
import { variable } from "../training/parameter.js";
import { Approach } from "./approach.js";
import { countCorrect } from "./fixed.js";
import type { Head, HeadShape } from "./head.js";
import { createMatrixHead } from "./matrix.js";
import type { ProductSpec } from "./spec.js";

/** A cosine head whose vectors are rounded once and then stay as they are: scale and bias go on being learned. */
export async function createFrozenHead(
  { width, share }: ProductSpec,
  shape: HeadShape,
  seed: number,
  engine: Engine,
): Promise<Head> {
  const { features, classes } = shape;
  const cosine = await createMatrixHead("cosine", shape, seed, engine);
  const [matrix, bias, scale] = cosine.parameters;
  const rounder = new FixedClassifier({ features, classes, code: { name: "product", width } });
  const codes = variable("head.assignment", [classes, Math.ceil(features / width)]);
  const approach = new Approach(shape, share);

  const isLearned = (): boolean => approach.done < 1;

  function classifier(): FixedClassifier {
    const code = { name: "product", width, assignment: Uint8Array.from(codes.value) } as const;
    const head = new FixedClassifier({ features, classes, code, scale: scale.value[0] });
    head.bias?.set(bias.value);
    return head;
  }

  /** Gives the parameters theirs, and returns that of the features. */
  function take(gradient: Gradient): Float32Array {
    matrix.gradient.fill(0);
    scale.gradient[0] = gradient.scale ?? 0;
    if (gradient.bias !== null) bias.gradient.set(gradient.bias);
    return gradient.features;
  }

  return {
    parameters: cosine.parameters,
    variables: [approach.variable, codes],
    parameterCount: 1 + classes,
    get bytes() {
      return classifier().toSafetensors().byteLength;
    },
    get scale() {
      return scale.value[0];
    },
    get settled() {
      return !isLearned();
    },
    afterStep() {
      if (approach.step()) codes.value.set(rounder.round(matrix.value));
    },
    async step(x, labels) {
      if (isLearned()) return cosine.step(x, labels);
      const head = classifier();
      const { loss, gradient } = head.lossAndGradient(x, labels);
      return { loss, correct: countCorrect(head, x, labels), gradient: take(gradient) };
    },
    async backward(x, gradient) {
      return isLearned() ? cosine.backward(x, gradient) : take(classifier().backward(x, gradient));
    },
    async logits(x) {
      return isLearned() ? cosine.logits(x) : classifier().forward(x);
    },
    classifier: () => (isLearned() ? null : classifier()),
    release: () => cosine.release(),
  };
}
