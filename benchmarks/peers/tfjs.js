import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** @typedef {typeof import("@tensorflow/tfjs")} Tensorflow */
/** @typedef {import("@tensorflow/tfjs").Tensor} Tensor */
/** @import { DensePeer, Layer } from "./layer.js" */

/** @type {Promise<Tensorflow> | undefined} */
let loaded;

/** TensorFlow.js on WebAssembly. In Node it has one thread, whatever it is told. */
function load() {
  loaded ??= (async () => {
    const require = createRequire(import.meta.url);
    /** @type {Tensorflow} */
    const tf = require("@tensorflow/tfjs");
    /** @type {typeof import("@tensorflow/tfjs-backend-wasm")} */
    const { setWasmPaths } = require("@tensorflow/tfjs-backend-wasm");
    setWasmPaths(`${join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm")))}/`);
    await tf.setBackend("wasm");
    await tf.ready();
    return tf;
  })();
  return loaded;
}

/**
 * @param {Layer} layer
 * @returns {Promise<DensePeer>}
 */
export async function tfjsWasm({ features, classes, weights, bias }) {
  const tf = await load();
  // features × classes, as its own layers keep them.
  const w = tf.tidy(() => tf.transpose(tf.tensor2d(weights, [classes, features])));
  const b = tf.tensor1d(bias);
  return {
    name: "tfjs-wasm",
    forward(x, rows) {
      return inScope(tf, (keep) =>
        // Fused with the bias, as its own dense layer does.
        keep(float32(tf.fused.matMul({ a: tf.tensor2d(x, [rows, features]), b: w, bias: b }))),
      );
    },
    /** The mean cross-entropy, and its gradients by features, weights and bias. */
    lossAndGradient(x, rows, labels) {
      return inScope(tf, (keep) => {
        const onehot = tf.oneHot(tf.tensor1d(labels, "int32"), classes);
        /** @type {(...variables: Tensor[]) => Tensor} */
        const loss = (x, w, b) => tf.losses.softmaxCrossEntropy(onehot, tf.add(tf.matMul(x, w), b));
        const { value, grads } = tf.valueAndGrads(loss)([tf.tensor2d(x, [rows, features]), w, b]);
        const [gradX, gradW, gradB] = grads.map(float32);
        keep({ loss: float32(value)[0], features: gradX, weights: gradW, bias: gradB });
      });
    },
    close: () => tf.dispose([w, b]),
  };
}

/** @param {Tensor} tensor of the type float32 */
const float32 = (tensor) => /** @type {Float32Array} */ (tensor.dataSync());

/**
 * `tidy` looks through all elements of an array that it returns for tensors, which takes longer than a layer.
 * @template T
 * @param {Tensorflow} tf
 * @param {(keep: (value: T) => void) => void} work
 */
function inScope(tf, work) {
  /** @type {T | undefined} */
  let kept;
  tf.tidy(() => {
    work((value) => {
      kept = value;
    });
  });
  return /** @type {T} */ (kept);
}
