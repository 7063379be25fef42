import * as tf from "@tensorflow/tfjs";
import { typedArrayName } from "../../checks.js";
import type { FixedClassifier } from "../../classifier.js";

/** Logits of rows of features; differentiable by all three. */
export type HeadOperation = (x: tf.Tensor2D, scale: tf.Tensor, bias: tf.Tensor | null) => tf.Tensor2D;

/**
 * The forward of a head with its gradient, as an operation of TensorFlow.js. The operation owns the head: it writes the values of the
 * tensors to it at every call.
 */
export function headOperation(head: FixedClassifier): HeadOperation {
  const load = (scale: tf.Tensor, bias: tf.Tensor | null): void => {
    head.scale = values(scale)[0] as number;
    if (bias !== null) head.bias?.set(values(bias));
  };

  const operation = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const save = args.pop() as tf.GradSaveFunc;
    const [x, scale, bias = null] = args as tf.Tensor[] as [tf.Tensor2D, tf.Tensor, tf.Tensor?];
    const rows = x.shape[0];
    load(scale, bias);
    save(args as tf.Tensor[]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const [x, scale, bias = null] = saved as [tf.Tensor2D, tf.Tensor, tf.Tensor?];
      // The variables may have moved on since the forward.
      load(scale, bias);
      const gradient = head.backward(values(x), values(dy));
      const gradients = [
        tf.tensor(gradient.features, x.shape),
        tf.tensor([gradient.scale ?? 0], scale.shape, "float32"),
      ];
      if (gradient.bias !== null) gradients.push(tf.tensor(gradient.bias));
      return gradients;
    };
    return { value: tf.tensor2d(head.forward(values(x)), [rows, head.classes]), gradFunc };
  });
  return (x, scale, bias) => operation(...(bias === null ? [x, scale] : [x, scale, bias])) as tf.Tensor2D;
}

/** A cast to float32 changes the tensor's dtype but, with the cpu backend, not the array that holds it. */
function values(tensor: tf.Tensor): Float32Array {
  const array = tensor.dataSync();
  return typedArrayName(array) === "Float32Array" ? (array as Float32Array) : Float32Array.from(array);
}
