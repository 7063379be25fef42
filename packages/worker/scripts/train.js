// Trains the head of model/: 784 → 128 ReLU → 64 → a fixed head, on 6,000 images of Fashion-MNIST by TensorFlow.js.
// Writes the head, the names of its classes, and features to ask the Worker with: those that the trained layers below the head make
// of test images.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { FixedClassifierLayer } from "fixed-classifier/tfjs";
import { loadFashionMnist } from "./training/fashion-mnist.js";
import { buildNetwork, FEATURES } from "./training/network.js";
import { startTensorFlow } from "./training/tensorflow.js";
import { accuracy, featuresOf, train } from "./training/training.js";

const EPOCHS = 10;
const SEED = 1;
const NAMES = [
  "T-shirt",
  "trousers",
  "pullover",
  "dress",
  "coat",
  "sandal",
  "shirt",
  "sneaker",
  "bag",
  "ankle boot",
];

await startTensorFlow();
const images = loadFashionMnist();
const network = buildNetwork("hadamard", SEED);
train(network, images.train, {
  epochs: EPOCHS,
  seed: SEED,
  onStep(epoch, loss) {
    if (Number.isInteger(epoch))
      console.log(`epoch ${epoch}/${EPOCHS}, loss of its last batch ${loss.toFixed(3)}`);
  },
});
if (!(network.head instanceof FixedClassifierLayer)) throw new TypeError("the network has no fixed head");

const correct = accuracy(network, images.test);
const error = Math.sqrt((correct * (1 - correct)) / images.test.count);
console.log(`test accuracy ${percent(correct)} ± ${percent(error)} on ${images.test.count} images`);

const features = featuresOf(network, images.test);
/** The features of the first test image of each class. */
const chosen = NAMES.map((_, label) => {
  const row = images.test.labels.indexOf(label);
  return features.subarray(row * FEATURES, (row + 1) * FEATURES);
});
write("model/head.safetensors", network.head.head().toSafetensors());
write("model/classes.json", `[${NAMES.map((name) => JSON.stringify(name)).join(", ")}]\n`);
write("examples/ankle-boot.json", `${JSON.stringify({ features: Array.from(chosen[9]) })}\n`);
write("examples/one-of-each.f32", Buffer.concat(chosen.map((row) => new Uint8Array(row.slice().buffer))));

/** @param {number} fraction */
function percent(fraction) {
  return `${(100 * fraction).toFixed(1)} %`;
}

/**
 * @param {string} name
 * @param {string | Uint8Array} content
 */
function write(name, content) {
  const path = fileURLToPath(new URL(`../${name}`, import.meta.url));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  console.log(`${name}, ${content.length} bytes`);
}
