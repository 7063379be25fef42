import { FixedClassifier } from "fixed-classifier";
import { classVectors } from "../codes/gram.js";
import type { Engine } from "../engine/engine.js";
import { Approach } from "./approach.js";
import type { Head, HeadShape } from "./head.js";
import { createMatrixHead } from "./matrix.js";
import { ProductHead, throughLength } from "./product.js";
import type { ProductSpec } from "./spec.js";

/**
 * A cosine head whose vectors turn into their roundings little by little, and then a product head. Where k of K steps are done it computes
 * with (1 − k/K)·w/‖w‖ + k/K·q at length one, where q is the rounding, and takes the gradient of the mixture for that of w/‖w‖.
 */
export async function createBlendedHead(
  { width, share }: ProductSpec,
  shape: HeadShape,
  seed: number,
  engine: Engine,
): Promise<Head> {
  const { features, classes } = shape;
  const product = new ProductHead(shape, width, seed);
  const [matrix, scale, bias] = product.parameters;
  const cosine = await createMatrixHead("cosine", shape, seed, engine);
  const [mixture, ...others] = cosine.parameters;
  const own = [bias, scale];
  const approach = new Approach(shape, share);

  const isBlending = (): boolean => approach.done < 1;

  function mix(): void {
    const code = { name: "product", width, assignment: product.round() } as const;
    const rounded = classVectors(
      new FixedClassifier({ features, classes, code, scale: 1, bias: false }),
      classes,
    );
    const part = approach.done;
    for (let first = 0; first < matrix.value.length; first += features) {
      const vector = matrix.value.subarray(first, first + features);
      const length = Math.max(Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0)), 1e-12);
      for (let i = 0; i < features; i++) {
        mixture.value[first + i] = ((1 - part) * vector[i]) / length + part * rounded[first + i];
      }
    }
    others.forEach(({ value }, k) => {
      value.set(own[k].value);
    });
  }

  function takeGradients(): void {
    throughLength(mixture.gradient, matrix, features);
    others.forEach(({ gradient }, k) => {
      own[k].gradient.set(gradient);
    });
  }

  return {
    parameters: product.parameters,
    variables: [approach.variable],
    parameterCount: product.parameterCount,
    get bytes() {
      return product.bytes;
    },
    get scale() {
      return product.scale;
    },
    get settled() {
      return !isBlending();
    },
    afterStep() {
      approach.step();
    },
    async step(x, labels) {
      if (!isBlending()) return product.step(x, labels);
      mix();
      const found = await cosine.step(x, labels);
      takeGradients();
      return found;
    },
    async backward(x, gradient) {
      if (!isBlending()) return product.backward(x, gradient);
      mix();
      const ofX = await cosine.backward(x, gradient);
      takeGradients();
      return ofX;
    },
    async logits(x) {
      if (!isBlending()) return product.logits(x);
      mix();
      return cosine.logits(x);
    },
    classifier: () => (isBlending() ? null : product.classifier()),
    release: () => cosine.release(),
  };
}
