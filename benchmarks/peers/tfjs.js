import { createRequire } from "node:module";
import { dirname, join } from "node:path";

let loaded;

/** TensorFlow.js on WebAssembly. In Node it has one thread, whatever it is told. */
function load() {
  loaded ??= (async () => {
    const require = createRequire(import.meta.url);
    const tf = require("@tensorflow/tfjs");
    const { setWasmPaths } = require("@tensorflow/tfjs-backend-wasm");
    setWasmPaths(`${join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm")))}/`);
    await tf.setBackend("wasm");
    await tf.ready();
    return tf;
  })();
  return loaded;
}

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
        keep(tf.fused.matMul({ a: tf.tensor2d(x, [rows, features]), b: w, bias: b }).dataSync()),
      );
    },
    /** The mean cross-entropy, and its gradients by features, weights and bias. */
    lossAndGradient(x, rows, labels) {
      return inScope(tf, (keep) => {
        const onehot = tf.oneHot(tf.tensor1d(labels, "int32"), classes);
        const loss = (x, w, b) => tf.losses.softmaxCrossEntropy(onehot, tf.add(tf.matMul(x, w), b));
        const { value, grads } = tf.valueAndGrads(loss)([tf.tensor2d(x, [rows, features]), w, b]);
        const [gradX, gradW, gradB] = grads.map((gradient) => gradient.dataSync());
        keep({ loss: value.dataSync()[0], features: gradX, weights: gradW, bias: gradB });
      });
    },
    close: () => tf.dispose([w, b]),
  };
}

/** `tidy` looks through all elements of an array that it returns for tensors, which takes longer than a layer. */
function inScope(tf, work) {
  let kept;
  tf.tidy(() => {
    work((value) => {
      kept = value;
    });
  });
  return kept;
}
