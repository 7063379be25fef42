// A dense layer from sentence embeddings to intents, trained as usual.
import { tf } from "../tensorflow.js";
import { Random } from "./random.js";

/** @import { DenseLayer } from "../../../dist/index.js" */
/** @import { Data } from "./data.js" */

const EPOCHS = 20;
const BATCH = 128;
const RATE = 0.01;

/**
 * By Adam, whose rate falls to 0 along half a cosine.
 * @param {Data} data
 * @param {(epoch: number, loss: number) => void} onEpoch
 * @returns {Promise<DenseLayer>}
 */
export async function trainDense({ train, classes }, onEpoch) {
  const { inputs, labels, count } = train;
  const features = inputs.length / count;
  const x = tf.tensor2d(inputs, [count, features]);
  const y = tf.oneHot(tf.tensor1d(labels, "int32"), classes);
  const kernel = tf.variable(tf.zeros([features, classes]));
  const bias = tf.variable(tf.zeros([classes]));
  const adam = tf.train.adam(RATE);
  const random = new Random(0);
  const steps = Math.ceil(count / BATCH);
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const order = random.permutation(count);
    let loss = 0;
    for (let step = 0; step < steps; step++) {
      const done = (epoch + step / steps) / EPOCHS;
      Object.assign(adam, { learningRate: (RATE * (1 + Math.cos(Math.PI * done))) / 2 });
      loss += tf.tidy(() => {
        const chosen = tf.tensor1d(order.subarray(step * BATCH, (step + 1) * BATCH), "int32");
        const [rows, targets] = [tf.gather(x, chosen), tf.gather(y, chosen)];
        const value = adam.minimize(
          () =>
            tf.losses
              .softmaxCrossEntropy(targets, rows.matMul(kernel.as2D(features, classes)).add(bias))
              .asScalar(),
          true,
        );
        return /** @type {NonNullable<typeof value>} */ (value).dataSync()[0];
      });
    }
    onEpoch(epoch + 1, loss / steps);
  }
  return {
    features,
    classes,
    weights: /** @type {Float32Array} */ (kernel.transpose().dataSync()),
    bias: /** @type {Float32Array} */ (bias.dataSync()),
  };
}
