import { FixedClassifier } from "fixed-classifier";
import { expect, test } from "vitest";
import type { Part } from "../../../src/data/dataset.js";
import { measureOod } from "../../../src/methods/energy/measure.js";
import { energies, logMaxSoftmax } from "../../../src/methods/energy/scores.js";
import { tuneEnergies } from "../../../src/methods/energy/tune.js";
import { auroc } from "../../../src/metrics/ood.js";
import { Random } from "../../../src/random.js";
import { toyHead, toyTrunk } from "../support/toy.js";

const [INPUTS, FEATURES, CLASSES, ROWS] = [4, 6, 3, 24];

/** Clouds around three corners, and rows that lie around a fourth. */
function cloud(seed: number, corner: (row: number) => number): Float32Array {
  const random = new Random(seed, "cloud");
  const values = random.normals(ROWS * INPUTS, 0.4);
  for (let r = 0; r < ROWS; r++) values[r * INPUTS + corner(r)] += 2;
  return values;
}
const labels = Int32Array.from({ length: ROWS }, (_, r) => r % CLASSES);
const inside = (seed: number) => ({ inputs: cloud(seed, (r) => r % CLASSES), labels });
const strange = (seed: number) => ({ inputs: cloud(seed, () => 3), labels });
const strangers = strange(50).inputs;
const outside: Part = {
  inputs: {
    rows: ROWS,
    shape: [INPUTS],
    bytes: 0,
    gather(rows, out) {
      Array.from(rows).forEach((row, k) => {
        out.set(strangers.subarray(row * INPUTS, (row + 1) * INPUTS), k * INPUTS);
      });
    },
  },
  labels,
};
const data = {
  stepsAnEpoch: 5,
  at: (epoch: number, step: number) => inside(5 * epoch + step),
  validation: () => [inside(99)],
  outside,
  outsideBatches: () => [{ inputs: strangers }],
};
const settings = {
  epochs: 8,
  learningRate: 0.02,
  optimizer: "adam",
  weightDecay: 0,
  weight: 0.1,
  temperature: 1,
  margins: null,
  seed: 1,
};

async function trained() {
  const model = { trunk: toyTrunk(INPUTS, FEATURES), head: toyHead(FEATURES, CLASSES), classes: CLASSES };
  const { trunk, head } = model;
  for (let step = 0; step < 60; step++) {
    const { inputs } = inside(step);
    const { gradient } = await head.step(await trunk.forward(inputs, new Random(1)), labels);
    await trunk.backward(gradient);
    for (const { value, gradient } of [...trunk.parameters, ...head.parameters])
      for (let i = 0; i < value.length; i++) value[i] -= 0.1 * gradient[i];
  }
  return model;
}

const batches = [inside(200), inside(201)];
const others = { name: "the fourth corner", batches: [strange(202)] };

test("what is measured is told from energies and probabilities of all batches", async () => {
  const model = await trained();
  const result = await measureOod(model, batches, others, 2);
  const logitsOf = async ({ inputs }: { inputs: Float32Array }) =>
    model.head.logits(await model.trunk.evaluate(inputs));
  const own = [...(await Promise.all(batches.map(logitsOf)))].flatMap((z) => [...z]);
  const far = await logitsOf(others.batches[0]);
  const e = [energies(Float32Array.from(own), CLASSES, 2), energies(far, CLASSES, 2)];
  const p = [logMaxSoftmax(Float32Array.from(own), CLASSES), logMaxSoftmax(far, CLASSES)];
  expect(result).toMatchObject({
    name: "the fourth corner",
    rows: { inside: 48, outside: 24 },
    lengths: null,
  });
  expect(result.energy.auroc).toBeCloseTo(1 - auroc(e[0], e[1]), 12);
  expect(result.softmax.auroc).toBeCloseTo(auroc(p[0], p[1]), 12);
  expect(result.meanEnergy.outside).toBeCloseTo(e[1].reduce((sum, x) => sum + x, 0) / 24, 10);
});

test("of a fixed head the energies with lengths are compared as well", async () => {
  const { trunk, head } = await trained();
  const fixed = new FixedClassifier({ features: FEATURES, classes: CLASSES, scale: 5 });
  const model = {
    trunk,
    head: { ...head, logits: async (x: Float32Array) => fixed.forward(x), classifier: () => fixed },
    classes: CLASSES,
  };
  const result = await measureOod(model, batches, others);
  const scores = await Promise.all(
    [...batches, ...others.batches].map(async ({ inputs }) =>
      fixed.energy(await trunk.evaluate(inputs), { normalised: false }),
    ),
  );
  const own = [...scores[0], ...scores[1]];
  expect(result.lengths?.auroc).toBeCloseTo(1 - auroc(own, scores[2]), 12);
  expect(result.lengths?.auroc).not.toBeCloseTo(result.energy.auroc, 6);
});

test("fine-tuning tells strangers better, by margins that it measured, and twice the same bits", async () => {
  const [model, again] = [await trained(), await trained()];
  const before = await measureOod(model, batches, others);
  const margins = await tuneEnergies(model, data, settings);
  const expected = await measureOod(await trained(), data.validation(), {
    name: "",
    batches: data.outsideBatches(),
  });
  expect(margins).toEqual(expected.meanEnergy);
  const after = await measureOod(model, batches, others);
  const gap = ({ meanEnergy }: typeof after) => meanEnergy.outside - meanEnergy.inside;
  expect(gap(after)).toBeGreaterThan(gap(before));
  await tuneEnergies(again, data, settings);
  expect(again.head.parameters[0].value).toEqual(model.head.parameters[0].value);
});

test("given margins are taken, and what runs away says so", async () => {
  const model = await trained();
  const given = { inside: -9, outside: -1 };
  expect(await tuneEnergies(model, data, { ...settings, margins: given, epochs: 1 })).toEqual(given);
  const wild = {
    ...settings,
    optimizer: "sgd",
    learningRate: 1e30,
    margins: { inside: -1e30, outside: 1e30 },
  };
  expect(await tuneEnergies(await trained(), data, wild)).toMatch(/no longer finite/);
});
