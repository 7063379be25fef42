// Adam on a falling cosine, batch by batch, so that whoever drives it can do other work between two.
import * as tf from "@tensorflow/tfjs";
import { CLASSES, type LabelledImages, PIXELS, toUnit } from "../data/fashion-mnist.js";
import { logitsOf, variablesOf } from "./network.js";
import { randomIntegers, shuffled } from "./random.js";

export const BATCH = 32;
const LEARNING_RATE = 1e-3;
/** Images whose logits are taken at a time where there are many. */
const SLICE = 250;

interface Pupil {
  readonly network: tf.LayersModel;
  readonly variables: tf.Variable[];
  readonly optimizer: tf.AdamOptimizer;
}

/** Several networks that see the same batches in the same order. */
export class Training {
  readonly steps: number;
  readonly stepsAnEpoch: number;
  readonly #images: tf.Tensor2D;
  readonly #labels: Uint8Array;
  readonly #pupils: readonly Pupil[];
  readonly #random: (n: number) => number;
  #order: Int32Array<ArrayBuffer> = new Int32Array(0);
  #step = 0;

  constructor(
    networks: readonly tf.LayersModel[],
    { pixels, labels, count }: LabelledImages,
    { epochs, seed }: { epochs: number; seed: number },
  ) {
    this.stepsAnEpoch = Math.ceil(count / BATCH);
    this.steps = epochs * this.stepsAnEpoch;
    this.#images = tf.tensor2d(toUnit(pixels), [count, PIXELS]);
    this.#labels = labels;
    this.#random = randomIntegers(seed);
    this.#pupils = networks.map((network) => ({
      network,
      variables: variablesOf(network),
      optimizer: tf.train.adam(LEARNING_RATE),
    }));
  }

  get step(): number {
    return this.#step;
  }

  /** How many epochs are done, a fraction included. */
  get epoch(): number {
    return this.#step / this.stepsAnEpoch;
  }

  /** Trains every network on the next batch. @returns the loss of each before it */
  next(): number[] {
    const at = (this.#step % this.stepsAnEpoch) * BATCH;
    if (at === 0) this.#order = shuffled(this.#labels.length, this.#random);
    const batch = this.#order.subarray(at, at + BATCH);
    const learningRate = (LEARNING_RATE / 2) * (1 + Math.cos((Math.PI * this.#step) / this.steps));
    this.#step++;
    return tf.tidy(() => {
      const rows = tf.gather(this.#images, tf.tensor1d(batch, "int32"));
      const labels = tf.tensor1d(
        Array.from(batch, (row) => this.#labels[row] as number),
        "int32",
      );
      const target = tf.oneHot(labels, CLASSES);
      return this.#pupils.map(({ network, variables, optimizer }) => {
        // TensorFlow.js has no other way to change it, but declares it to be its own.
        Object.assign(optimizer, { learningRate });
        const cost = () => tf.losses.softmaxCrossEntropy(target, logitsOf(network, rows)) as tf.Scalar;
        const loss = optimizer.minimize(cost, true, variables) as tf.Scalar;
        return loss.dataSync()[0] as number;
      });
    });
  }

  dispose(): void {
    this.#images.dispose();
    for (const { optimizer } of this.#pupils) optimizer.dispose();
  }
}

/** The fraction of images whose largest logit is their label's. */
export function accuracy(network: tf.LayersModel, { pixels, labels, count }: LabelledImages): number {
  let right = 0;
  for (let first = 0; first < count; first += SLICE) {
    const rows = Math.min(SLICE, count - first);
    const slice = toUnit(pixels.subarray(first * PIXELS, (first + rows) * PIXELS));
    const predicted = tf.tidy(() =>
      tf.argMax(logitsOf(network, tf.tensor2d(slice, [rows, PIXELS])), 1).dataSync(),
    );
    predicted.forEach((label, row) => {
      if (label === labels[first + row]) right++;
    });
  }
  return right / count;
}
