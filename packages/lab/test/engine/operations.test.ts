import { expect, test } from "vitest";
import { convolution, maxPool } from "../../src/engine/convolution.js";
import { lstm } from "../../src/engine/lstm.js";
import { batchNormalization, filterResponse, thresholded } from "../../src/engine/normalization.js";
import {
  addBias,
  addChannelBias,
  flatten,
  linear,
  multiplyBy,
  normalizeRows,
  relu,
  scale,
} from "../../src/engine/operations.js";
import type { Random } from "../../src/random.js";
import { checkGradients } from "./gradients.js";

/** Different by more than the step of a difference, in random order: no two are exchanged by it and none changes its sign. */
const distinct = (random: Random, size: number) =>
  Float32Array.from(random.permutation(size), (place) => (place - size / 2 + 0.25) * 0.1);

test("linear, with a bias and without", async () => {
  const [{ output }] = await checkGradients({ x: [2, 3], w: [4, 3], b: [4] }, ({ x, w, b }) =>
    linear(x, w, b),
  );
  expect(output.length).toBe(8);
  await checkGradients({ x: [2, 3], w: [4, 3] }, ({ x, w }) => linear(x, w));
});

test("a tensor that is used twice has the sum of both gradients", async () => {
  await checkGradients({ x: [3, 3], b: [3] }, ({ x, b }) => addBias(linear(x, x), b));
});

test("rectified linear units", () => checkGradients({ x: [3, 5] }, ({ x }) => relu(x), { fill: distinct }));

test("products with a scalar and with rows of length one", async () => {
  await checkGradients({ x: [3, 4], s: [1] }, ({ x, s }) => scale(x, s));
  const [{ output }] = await checkGradients({ x: [3, 4] }, ({ x }) => normalizeRows(x), { tolerance: 5e-3 });
  for (let row = 0; row < 3; row++)
    expect(Math.hypot(...output.subarray(4 * row, 4 * row + 4))).toBeCloseTo(1, 6);
});

test("factors, which get no gradient", () =>
  checkGradients({ x: [4, 3] }, ({ x }) => multiplyBy(x, x.graph.constant([0, 1.25, 2]))));

test("convolution of several images, of few channels and of many", async () => {
  await checkGradients({ x: [2, 2, 4, 3], w: [3, 2, 3, 3] }, ({ x, w }) => convolution(x, w));
  await checkGradients({ x: [2, 5, 3, 2], w: [2, 5, 3, 3] }, ({ x, w }) => convolution(x, w));
});

test("pooling drops what is over at the edge", () =>
  checkGradients({ x: [2, 2, 5, 4] }, ({ x }) => maxPool(x), { fill: distinct }));

test("flattening", () =>
  checkGradients({ x: [2, 2, 2, 1], w: [3, 4] }, ({ x, w }) => linear(flatten(x, [2, 4]), w)));

test("batch normalisation of rows and of images", async () => {
  for (const shape of [
    [5, 3],
    [3, 2, 2, 3],
  ]) {
    const channels = shape[1];
    await checkGradients(
      { x: shape, gamma: [channels], beta: [channels] },
      ({ x, gamma, beta }) => batchNormalization(x, gamma, beta, 1e-5).output,
      { tolerance: 5e-3 },
    );
  }
});

test("long short-term memory over three steps", () =>
  checkGradients(
    { x: [6, 3], inputs: [16, 3], hidden: [16, 4], inputBias: [16], hiddenBias: [16] },
    ({ x, inputs, hidden, inputBias, hiddenBias }) => {
      const h = x.graph.constant(Array(8).fill(0.3));
      const state = { h: x.graph.node("Reshape", [h, x.graph.constant([2, 4], "int64")], [2, 4]) };
      return lstm(x, { inputs, hidden, inputBias, hiddenBias }, { ...state, c: state.h }, 3).output;
    },
  ));

test("filter response normalisation of rows and of images", async () => {
  for (const shape of [
    [4, 3],
    [2, 3, 2, 2],
  ])
    await checkGradients(
      { x: shape, gamma: [3], beta: [3], epsilon: [3] },
      ({ x, gamma, beta, epsilon }) => filterResponse(x, { gamma, beta, epsilon }, 1e-6),
      { step: 5e-3, tolerance: 5e-3 },
    );
});

test("the threshold of a channel", () =>
  checkGradients({ x: [4, 3], tau: [3] }, ({ x, tau }) => thresholded(x, tau)));

test("a bias a channel", () =>
  checkGradients({ x: [2, 3, 2, 2], b: [3] }, ({ x, b }) => addChannelBias(x, b)));
