import * as tf from "@tensorflow/tfjs";
import { FixedClassifier } from "fixed-classifier";
import { FEATURES } from "./measure.js";

/** A head and its scratch memory, ready to be called. */
export interface Call {
  readonly call: () => void;
  readonly dispose: () => void;
}

const row = (): Float32Array => Float32Array.from({ length: FEATURES }, (_, i) => Math.sin(i + 1));

/** The logits of one row, from a fixed head. */
export function fixedHead(classes: number): Call {
  const head = new FixedClassifier({ features: FEATURES, classes });
  const out = new Float32Array(classes);
  return { call: head.plan(row(), { out }), dispose() {} };
}

/** The same from a dense head of TensorFlow.js. */
export function denseHead(classes: number): Call {
  const tensors = {
    x: tf.tensor2d(row(), [1, FEATURES]),
    weights: tf.randomUniform<tf.Rank.R2>([FEATURES, classes], -1, 1, "float32", 1),
    bias: tf.zeros<tf.Rank.R1>([classes]),
  };
  const { x, weights, bias } = tensors;
  return {
    call: () => tf.tidy(() => void tf.add(tf.matMul(x, weights), bias).dataSync()),
    dispose: () => tf.dispose(tensors),
  };
}
