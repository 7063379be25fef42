import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-cpu";
import { FixedClassifier } from "fixed-classifier";
import { beforeAll, expect, test } from "vitest";
import { imageAt, type LabelledImages, PIXELS } from "../../src/data/fashion-mnist.js";
import { classify } from "../../src/model/classify.js";
import { buildNetwork, headLayer, headOf } from "../../src/model/network.js";
import { accuracy, Training } from "../../src/model/training.js";

const COUNT = 80;

/** Images of ten classes that anyone can tell: a bar, the further down the larger the label. */
const images: LabelledImages = {
  pixels: Uint8Array.from({ length: COUNT * PIXELS }, (_, i) => {
    const row = Math.floor((i % PIXELS) / 28);
    const label = Math.floor(i / PIXELS) % 10;
    return row >= 2 * label && row < 2 * label + 3 ? 200 : (i * 7919) % 40;
  }),
  labels: Uint8Array.from({ length: COUNT }, (_, i) => i % 10),
  count: COUNT,
};

beforeAll(async () => {
  await tf.setBackend("cpu");
});

test("both heads learn, and of the fixed one a scale and a bias", () => {
  const networks = [buildNetwork("fixed", 1), buildNetwork("learned", 1)];
  expect(networks.map((network) => headLayer(network).countParams())).toEqual([11, 650]);
  const before = tf.memory().numTensors;
  const training = new Training(networks, images, { epochs: 8, seed: 1 });
  expect([training.stepsAnEpoch, training.steps]).toEqual([3, 24]);
  const losses: number[][] = [];
  while (training.step < training.steps) losses.push(training.next());
  expect(training.epoch).toBe(8);
  training.dispose();
  expect(tf.memory().numTensors).toBe(before);

  networks.forEach((network, i) => {
    expect(losses[0]?.[i]).toBeGreaterThan(1.5);
    expect(losses.at(-1)?.[i]).toBeLessThan(0.6);
    expect(accuracy(network, images)).toBeGreaterThan(0.9);
  });

  const [fixed, learned] = networks as [tf.Sequential, tf.Sequential];
  expect(headOf(learned)).toBeNull();
  const head = headOf(fixed) as FixedClassifier;
  const guesses = classify(fixed, head, imageAt(images, 7), 10);
  expect(guesses[0]?.class).toBe(7);
  expect(guesses.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
  const logits = tf.tidy(() =>
    tf.softmax(fixed.apply(tf.tensor2d(imageAt(images, 7), [1, PIXELS])) as tf.Tensor).dataSync(),
  );
  for (const { class: label, probability } of guesses)
    expect(probability).toBeCloseTo(logits[label] as number, 5);

  const file = FixedClassifier.fromSafetensors(head.toSafetensors());
  expect([file.features, file.classes, file.scale]).toEqual([64, 10, head.scale]);
});

test("a training is the same again with the same seed, and another with another", () => {
  const losses = (seed: number): number[] => {
    const network = buildNetwork("fixed", 1);
    const training = new Training([network], images, { epochs: 1, seed });
    const all = [training.next(), training.next(), training.next()].flat();
    training.dispose();
    network.dispose();
    return all;
  };
  expect(losses(1)).toEqual(losses(1));
  expect(losses(2)).not.toEqual(losses(1));
});
