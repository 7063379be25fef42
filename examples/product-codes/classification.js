// Training of a classifier, whatever its examples are, by Adam with a rate that goes down to 0 by a cosine.
import { Adam } from "./engine/adam.js";
import { Random } from "./engine/random.js";
import { startFromClassMeans } from "./heads/class-means.js";
import { makeHead, phaseOf } from "./heads/index.js";
import { startParameters } from "./heads/parameters.js";

/** @import { Head, OnHead } from "./heads/parameters.js" */
/** @import { Parameter } from "./engine/adam.js" */
/** @import { Phase } from "./heads/spec.js" */

const BATCH = 128;
const EVALUATED = 256;
const RATE = 2e-3;

/** One row of inputs an example. @typedef {{ inputs: Float32Array, labels: Int32Array, count: number }} Examples */
/** @typedef {{ train: Examples, test: Examples, classes: number }} Data */
/**
 * What turns inputs into features. `forward` takes a batch, `backward` the gradient of its features, `evaluate` up to `evaluated` examples.
 * @typedef {object} Network
 * @property {Parameter[]} parameters
 * @property {(inputs: Float32Array) => Promise<Float32Array>} forward
 * @property {(gradient: Float32Array) => Promise<void>} backward
 * @property {(inputs: Float32Array) => Promise<Float32Array>} evaluate
 */
/** @typedef {{ inputs: number, features: number, batch: number, evaluated: number }} NetworkShape */

/**
 * @param {(shape: NetworkShape, random: Random) => Promise<Network>} createNetwork
 * @param {Data} data
 * @param {{ phases: Phase[], epochs: number, seed: number, features: number, roundEvery: number, classScale: boolean, start: string }} settings
 * @param {(step: { epochs: number, loss: number }) => void} onStep
 * @param {OnHead} onHead
 */
export async function trainClassifier(createNetwork, { train, test, classes }, settings, onStep, onHead) {
  const { phases, epochs, seed, features, start } = settings;
  const random = new Random(seed);
  const width = train.inputs.length / train.count;
  const sizes = { inputs: width, features, batch: BATCH, evaluated: EVALUATED };
  const network = await createNetwork(sizes, random);
  const stepsAnEpoch = Math.floor(train.count / BATCH);
  const shape = { features, classes, rows: BATCH, evaluated: EVALUATED, stepsAnEpoch };
  const parameters = startParameters(shape, random, new Float32Array(classes));
  if (start === "class-means") {
    parameters.matrix.value.set(await startFromClassMeans(network, train, classes, features, EVALUATED));
  }
  const optimizer = new Adam();
  const inputs = new Float32Array(BATCH * width);
  const labels = new Int32Array(BATCH);
  /** @type {Head} */
  let head = await makeHead(phases[0], shape, parameters, settings);
  let order = new Int32Array(0);
  onHead(head, "start");

  for (let step = 0; step < epochs * stepsAnEpoch; step++) {
    const at = step % stepsAnEpoch;
    if (at === 0) {
      order = random.permutation(train.count);
      const { phase, begins } = phaseOf(phases, step / stepsAnEpoch);
      if (begins && step > 0) {
        await head.release();
        head = await makeHead(phase, shape, parameters, settings);
      }
    }
    for (let row = 0; row < BATCH; row++) {
      const example = order[at * BATCH + row];
      inputs.set(train.inputs.subarray(example * width, (example + 1) * width), row * width);
      labels[row] = train.labels[example];
    }
    const { loss, gradient } = await head.step(await network.forward(inputs), labels);
    await network.backward(gradient);
    const rate = (RATE / 2) * (1 + Math.cos((Math.PI * step) / (epochs * stepsAnEpoch)));
    optimizer.step([...network.parameters, ...head.parameters], rate);
    onStep({ epochs: (step + 1) / stepsAnEpoch, loss });
  }

  let correct = 0;
  let loss = 0;
  for (let first = 0; first < test.count; first += EVALUATED) {
    const end = Math.min(first + EVALUATED, test.count);
    const x = await network.evaluate(test.inputs.subarray(first * width, end * width));
    const score = await head.evaluate(x, test.labels.subarray(first, end));
    correct += score.correct;
    loss += score.loss;
  }
  onHead(head, "end");
  await head.release();
  return {
    accuracy: (100 * correct) / test.count,
    loss: loss / test.count,
    scale: parameters.scale.value[0],
  };
}
