import * as tf from "@tensorflow/tfjs";
import { typedArrayName } from "../../checks.js";
import type { FixedClassifier, Gradient } from "../../index.js";

/** Logits of features, the last axis of a tensor of numbers; differentiable by all three. */
export type HeadOperation = (x: tf.Tensor, scale: tf.Tensor, bias: tf.Tensor | null) => tf.Tensor;

/**
 * The forward of a head with its gradient, as an operation of TensorFlow.js. The operation owns the head: it writes the values of the
 * tensors to it at every call, whatever training has made of them. Nothing is saved for the gradient before the forward is done, and
 * what is saved is disposed of if the gradient fails: TensorFlow.js would keep it.
 */
export function headOperation(head: FixedClassifier): HeadOperation {
  const operation = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const save = args.pop() as tf.GradSaveFunc;
    const [x, scale, bias = null] = args as [tf.Tensor, tf.Tensor, tf.Tensor?];
    load(head, scale, bias);
    const logits = head.forward(values(x));
    const value = tf.tensor(logits, [...x.shape.slice(0, -1), head.classes]);
    save(args as tf.Tensor[]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const [x, scale, bias = null] = saved as [tf.Tensor, tf.Tensor, tf.Tensor?];
      try {
        // The variables may have moved on since the forward.
        load(head, scale, bias);
        return tensorsOf(head.backward(values(x), values(dy)), x, scale);
      } catch (error) {
        tf.dispose(saved);
        throw error;
      }
    };
    return { value, gradFunc };
  });
  return (x, scale, bias) => operation(...(bias === null ? [x, scale] : [x, scale, bias]));
}

/** Writes the values of tensors to a head. */
export function load(head: FixedClassifier, scale: tf.Tensor, bias: tf.Tensor | null): void {
  head.scale = values(scale)[0] as number;
  if (bias !== null) head.bias?.set(values(bias));
}

/** The gradients of features, scale and bias. */
export const tensorsOf = (gradient: Gradient, x: tf.Tensor, scale: tf.Tensor): tf.Tensor[] => [
  tf.tensor(gradient.features, x.shape),
  tf.tensor([gradient.scale ?? 0], scale.shape, "float32"),
  ...(gradient.bias === null ? [] : [tf.tensor(gradient.bias)]),
];

/** The numbers of a tensor as float32, of whatever type they are. */
export function values(tensor: tf.Tensor): Float32Array {
  const array = tensor.dataSync();
  return typedArrayName(array) === "Float32Array" ? (array as Float32Array) : Float32Array.from(array);
}
