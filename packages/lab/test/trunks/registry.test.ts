import { expect, test } from "vitest";
import { Problem } from "../../src/problem.js";
import { Random } from "../../src/random.js";
import { createTrunk, readTrunk } from "../../src/trunks/index.js";
import { engines } from "../engine/gradients.js";

const options = { engine: engines[0], inputShape: [4], batch: 3, evaluated: 2, seed: 1 };
const noise = new Random(0);

test("a specification is a kind and its sizes", () => {
  expect(readTrunk("mlp:64,32").sizes).toEqual([64, 32]);
  expect(readTrunk("none").sizes).toEqual([]);
});

test.each([
  ["mlpp:3", /there is no such trunk; take none, linear:512, mlp:512,512, conv:32,64,64 or lstm:256/],
  ["linear", /it has 1 size, as in linear:512/],
  ["none:3", /it has no sizes/],
  ["mlp:3,x", /"x" is not a size/],
  ["mlp:3,", /"" is not a size/],
  ["mlp:1e3", /"1e3" is not a size/],
  ["linear:0", /"0" is not a size/],
])("%s is refused with what is allowed", (spec, message) => {
  expect(() => readTrunk(spec)).toThrow(Problem);
  expect(() => readTrunk(spec)).toThrow(message);
});

test("a norm, an input or a text that a trunk cannot have is refused", async () => {
  await expect(createTrunk("linear:3", { ...options, norm: "frn" })).rejects.toThrow(
    /--norm frn does not go with --trunk linear:3; it can have none or mimic/,
  );
  await expect(createTrunk("conv:3", options)).rejects.toThrow(/is for images, and a row here is 4 numbers/);
  await expect(createTrunk("lstm:3", options)).rejects.toThrow(/reads text/);
});

test("without a trunk the inputs are the features", async () => {
  const trunk = await createTrunk("none", { ...options, inputShape: [2, 2] });
  const inputs = noise.normals(12);
  expect(trunk.features).toBe(4);
  expect(await trunk.forward(inputs, noise)).toEqual(inputs);
  expect(await trunk.evaluate(inputs)).toEqual(inputs);
});

test.each(["linear:5", "mlp:6,5", "conv:3,5", "conv:3"])(
  "%s gives a row the same features in training and in an evaluation of any number of rows",
  async (spec) => {
    const image = spec.startsWith("conv");
    const inputShape = image ? [6, 5] : [30];
    const trunk = await createTrunk(spec, {
      ...options,
      inputShape,
      features: 5,
      ...(image && { norm: "frn" }),
    });
    expect(trunk.features).toBe(5);
    const inputs = noise.normals(3 * 30);
    const trained = (await trunk.forward(inputs, noise)).slice();
    for (const rows of [3, 2, 1, 0]) {
      const features = await trunk.evaluate(inputs.subarray(0, rows * 30));
      expect(features.length).toBe(rows * 5);
      for (const [i, value] of features.entries()) expect(value).toBeCloseTo(trained[i], 5);
    }
  },
);

test("a step takes as many rows as its trunk was made for", async () => {
  const rows = await createTrunk("linear:5", options);
  await expect(rows.forward(new Float32Array(8), noise)).rejects.toThrow(/3 rows, 12 numbers, not 8/);
  const words = await createTrunk("lstm:4", { ...options, vocabulary: 6, steps: 2 });
  await expect(words.forward(new Float32Array(4), noise)).rejects.toThrow(/2 × 3 words, not 4/);
  await expect(words.evaluate(new Float32Array(6))).rejects.toThrow(/multiple of 2 × 2 words, not 6/);
});

test("a trunk starts as its seed says, whatever else it has", async () => {
  const start = async (spec: string, seed: number) =>
    Array.from((await createTrunk(spec, { ...options, seed })).parameters[0].value);
  expect(await start("mlp:6,5", 1)).toEqual(await start("mlp:6,7,5", 1));
  expect(await start("mlp:6,5", 1)).not.toEqual(await start("mlp:6,5", 2));
});

test("mimic: weights of a unit have a mean of zero at the start and after a step", async () => {
  const trunk = await createTrunk("mlp:6,5", { ...options, norm: "mimic" });
  const means = () =>
    trunk.parameters
      .filter(({ shape }) => shape.length === 2)
      .flatMap(({ shape: [units, inputs], value }) =>
        Array.from({ length: units }, (_, unit) =>
          value.subarray(unit * inputs, (unit + 1) * inputs).reduce((sum, w) => sum + w, 0),
        ),
      );
  expect(means().length).toBe(11);
  for (const mean of means()) expect(mean).toBeCloseTo(0, 6);
  for (const { value } of trunk.parameters) value.set(noise.normals(value.length));
  expect(Math.max(...means().map(Math.abs))).toBeGreaterThan(0.1);
  trunk.afterStep?.();
  for (const mean of means()) expect(mean).toBeCloseTo(0, 6);
  expect(trunk.parameters.find(({ name }) => name === "trunk.norm.gamma")?.shape).toEqual([5]);
});
