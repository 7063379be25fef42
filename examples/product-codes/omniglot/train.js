import { Adam } from "../engine/adam.js";
import { Random } from "../engine/random.js";
import { makeHead, phaseOf } from "../heads/index.js";
import { startParameters } from "../heads/parameters.js";
import { ConvolutionalNetwork, PIXELS } from "./network.js";

/** @import { Images } from "./data.js" */
/** @import { Head } from "../heads/parameters.js" */
/** @import { Phase } from "../heads/spec.js" */

const BATCH = 128;
const EVALUATED = 256;
const RATE = 2e-3;

/**
 * @param {{ train: Images, test: Images, classes: number }} data
 * @param {{ phases: Phase[], epochs: number, seed: number, features: number, roundEvery: number }} settings
 * @param {(step: { epochs: number, loss: number }) => void} onStep
 */
export async function trainOmniglot({ train, test, classes }, settings, onStep) {
  const { phases, epochs, seed, features } = settings;
  const random = new Random(seed);
  const network = await ConvolutionalNetwork.create({ features, batch: BATCH, evaluated: EVALUATED }, random);
  const shape = { features, classes, rows: BATCH, evaluated: EVALUATED };
  const parameters = startParameters(shape, random, new Float32Array(classes));
  const optimizer = new Adam();
  const stepsAnEpoch = Math.floor(train.count / BATCH);
  const images = new Float32Array(BATCH * PIXELS);
  const labels = new Int32Array(BATCH);
  /** @type {Head} */
  let head = await makeHead(phases[0], shape, parameters, settings);
  let order = new Int32Array(0);

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
      const image = order[at * BATCH + row];
      images.set(train.images.subarray(image * PIXELS, (image + 1) * PIXELS), row * PIXELS);
      labels[row] = train.labels[image];
    }
    const { loss, gradient } = await head.step(await network.forward(images), labels);
    await network.backward(gradient);
    const rate = (RATE / 2) * (1 + Math.cos((Math.PI * step) / (epochs * stepsAnEpoch)));
    optimizer.step([...network.parameters, ...head.parameters], rate);
    onStep({ epochs: (step + 1) / stepsAnEpoch, loss });
  }

  let correct = 0;
  let loss = 0;
  for (let first = 0; first < test.count; first += EVALUATED) {
    const end = Math.min(first + EVALUATED, test.count);
    const x = await network.evaluate(test.images.subarray(first * PIXELS, end * PIXELS));
    const score = await head.evaluate(x, test.labels.subarray(first, end));
    correct += score.correct;
    loss += score.loss;
  }
  await head.release();
  return {
    accuracy: (100 * correct) / test.count,
    loss: loss / test.count,
    scale: parameters.scale.value[0],
  };
}
