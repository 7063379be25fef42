/** The types of the layer beside those of TensorFlow.js. */

import * as tf from "@tensorflow/tfjs";
import type { FixedClassifier } from "fixed-classifier";
import {
  FixedClassifierLayer,
  type FixedClassifierLayerArgs,
  fixedClassifier,
  type LearnedProductOptions,
} from "fixed-classifier/tfjs";

const args: FixedClassifierLayerArgs = {
  classes: 10,
  name: "head",
  trainable: true,
  inputShape: [64],
  activation: "softmax",
  biasInitializer: "zeros",
  biasRegularizer: tf.regularizers.l2(),
  biasConstraint: "nonNeg",
};
const model: tf.Sequential = tf.sequential({ layers: [fixedClassifier(args)] });
model.add(new FixedClassifierLayer({ classes: 10, code: { name: "sylvester", seed: 1 } }));
const learned: LearnedProductOptions = { name: "product", width: 8, trainable: true };
model.add(fixedClassifier({ classes: 10, code: learned }));

const head: FixedClassifier = fixedClassifier({ classes: 10 }).head();
export const layer: tf.layers.Layer = FixedClassifierLayer.fromHead(head, {
  trainable: false,
  activation: "relu",
});

// @ts-expect-error the number of classes is missing
fixedClassifier({ units: 10 });
// @ts-expect-error there is no kernel
fixedClassifier({ classes: 10, kernelInitializer: "zeros" });
// @ts-expect-error no such activation
fixedClassifier({ classes: 10, activation: "maximum" });
// @ts-expect-error only vectors of product codes are learned
fixedClassifier({ classes: 10, code: { name: "hadamard", trainable: true } });
// @ts-expect-error the head decides
FixedClassifierLayer.fromHead(head, { classes: 10 });
// @ts-expect-error a layer is no head
FixedClassifierLayer.fromHead(layer);
