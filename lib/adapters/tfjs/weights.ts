/** The variables of the layer: where they start, and what keeps them where they may be. */

import * as tf from "@tensorflow/tfjs";
import { describe } from "../../checks.js";
import type { FixedClassifier } from "../../index.js";
import type { Constraint, Initializer } from "./arguments.js";

/** Gives a weight a certain tensor to start with. */
const startingAt = (tensor: tf.Tensor): Initializer => ({ apply: () => tensor }) as unknown as Initializer;

export interface InitialWeights {
  readonly scale: Initializer;
  readonly bias: Initializer | null;
  readonly vectors: Initializer | null;
}

/**
 * Where scale, bias and vectors start: the bias at that of a given head, as its initialiser says, or as the code does. Weights that were given
 * are written by TensorFlow.js later, when the layer has its variables, so they are checked here.
 *
 * @throws RangeError for weights of other shapes, and what the initialiser throws
 */
export function initialWeights(
  head: FixedClassifier,
  ofHead: Float32Array | null,
  initializer: Initializer | undefined,
  vectors: Float32Array | null,
  given: readonly tf.Tensor[] | null,
  name: string,
): InitialWeights {
  const shapes = [
    ...(head.bias === null ? [] : [[head.classes]]),
    ...(vectors === null ? [] : [[head.classes, head.features]]),
  ];
  // TensorFlow.js has weights that are not trained behind those that are.
  if (head.settings.learnScale) shapes.unshift([1]);
  else shapes.push([1]);
  const found = given?.map(({ shape }) => shape);
  if (found !== undefined && JSON.stringify(found) !== JSON.stringify(shapes)) {
    throw new RangeError(
      `weights of ${name} must have the shapes ${JSON.stringify(shapes)}, got ${JSON.stringify(found)}`,
    );
  }
  return {
    scale: startingAt(tf.tensor1d([head.scale])),
    bias: head.bias && startingAt(biasOf(head.bias)),
    vectors: vectors && startingAt(tf.tensor2d(vectors, [head.classes, head.features])),
  };

  function biasOf(ofCode: Float32Array): tf.Tensor {
    if (ofHead !== null || initializer === undefined) return tf.tensor1d(ofHead ?? ofCode.slice());
    const bias = initializer.apply([head.classes], "float32");
    if (bias.shape.length === 1 && bias.shape[0] === head.classes) return bias;
    throw new RangeError(`biasInitializer must give [${head.classes}] numbers, got ${describe(bias.shape)}`);
  }
}

/**
 * Puts every value that an optimiser writes to a weight where the constraint wants it: the optimisers of TensorFlow.js write to variables
 * and know nothing of the constraints of layers. Weights that are loaded or set stay as they are, as those of Keras do.
 */
export function constrain(weight: tf.LayerVariable, constraint: Constraint): void {
  const variable = weight.read() as tf.Variable;
  const assign = variable.assign.bind(variable);
  const write = weight.write.bind(weight);
  let isSet = false;
  variable.assign = (value) => {
    const allowed = isSet ? value : tf.tidy(() => constraint.apply(value));
    assign(allowed);
    if (allowed !== value) allowed.dispose();
  };
  weight.write = (value) => {
    isSet = true;
    try {
      return write(value);
    } finally {
      isSet = false;
    }
  };
}
