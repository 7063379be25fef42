// Trains the same small network on real images with a learned and with a fixed last layer, compares the two, and loads the fixed
// one on every backend. `npm start -- --help` tells the options.
import { createBackend, backend as defaultBackend } from "fixed-classifier";
import { FixedClassifierLayer } from "fixed-classifier/tfjs";
import { loadFashionMnist } from "./demo/fashion-mnist.js";
import { buildNetwork } from "./demo/network.js";
import { readOptions } from "./demo/options.js";
import { proveSameBits } from "./demo/portability.js";
import { showProgress } from "./demo/progress.js";
import { printTable } from "./demo/report.js";
import { startTensorFlow } from "./demo/tensorflow.js";
import { timeHead } from "./demo/timing.js";
import { accuracy, featuresOf, train } from "./demo/training.js";

/** @import { BackendName, FixedClassifier } from "fixed-classifier" */

const options = readOptions(process.argv);
const backend = options.backend === undefined ? undefined : requestedBackend(options.backend);
const ranOn = await startTensorFlow();
const { train: training, test } = loadFashionMnist();

/**
 * What is there of a head: all runs, the rest from the last seed. `head` is null for a learned one.
 * @typedef {import("./demo/report.js").Result & { head: FixedClassifier | null, features: Float32Array }} Trained
 */
const results = options.heads.map(untrained);
for (let seed = 1; seed <= options.seeds; seed++) {
  for (const result of results) Object.assign(result, run(result, seed));
}
console.log();
printTable(results, { images: test.count, seeds: options.seeds });
if (options.backend === undefined) explainBackend();
const same = results.map(({ name, head, features }) => head === null || proveSameBits(name, head, features));
if (same.includes(false)) process.exitCode = 1;

/**
 * @param {string} name
 * @returns {Trained}
 */
function untrained(name) {
  return { name, runs: [], head: null, features: new Float32Array(0), parameters: 0, ranOn };
}

/**
 * @param {Trained} result
 * @param {number} seed
 */
function run({ name, runs }, seed) {
  const network = buildNetwork(name, seed, backend);
  const { onStep, stop } = showProgress(options.seeds > 1 ? `${name}, seed ${seed}` : name, options.epochs);
  train(network, training, { epochs: options.epochs, seed, onStep });
  stop();
  const features = featuresOf(network, test);
  runs.push({ accuracy: accuracy(network, test), times: timeHead(network, features, test.labels) });
  const head = network.head instanceof FixedClassifierLayer ? network.head.head() : null;
  return {
    head,
    features,
    parameters: network.head.countParams(),
    ranOn: head === null ? ranOn : `${head.backend.name} ${head.backend.instructionSet}`,
  };
}

/** @param {BackendName} name */
function requestedBackend(name) {
  try {
    return createBackend(name);
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    console.error(`error: the ${name} backend cannot be used here: ${message}`);
    process.exit(1);
  }
}

function explainBackend() {
  const failure = defaultBackend.failures.find(({ name }) => name === "native");
  if (failure === undefined) return;
  const reason = failure.error.message.split("\n")[0].replace(/\.$/, "");
  console.log(
    `\nThe native backend is not in use (${reason}): install a C++ compiler and Python 3, then run npm start again.`,
  );
}
