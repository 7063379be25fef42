import { expect, test } from "vitest";
import type { Part } from "../../../src/data/dataset.js";
import { energyFineTuning } from "../../../src/methods/energy/fine-tune.js";
import { hinge, measuredMargins, parseMargins } from "../../../src/methods/energy/margins.js";
import { energies } from "../../../src/methods/energy/scores.js";
import { Diverged } from "../../../src/methods/objective.js";
import { Random } from "../../../src/random.js";
import { gradientError, toyHead, toyTrunk } from "../support/toy.js";

const [INPUTS, FEATURES, CLASSES, ROWS] = [4, 3, 3, 6];

const values = new Random(8).normals(20 * INPUTS);
const outside: Part = {
  inputs: {
    rows: 20,
    shape: [INPUTS],
    bytes: 0,
    gather(rows, out) {
      Array.from(rows).forEach((row, k) => {
        out.set(values.subarray(row * INPUTS, (row + 1) * INPUTS), k * INPUTS);
      });
    },
  },
  labels: new Int32Array(20).fill(-1),
};
const inputs = new Random(9).normals(ROWS * INPUTS);
const labels = Int32Array.of(0, 1, 2, 0, 1, 2);

function setUp(weight: number, margins = { inside: -2.5, outside: -0.5 }) {
  const trunk = toyTrunk(INPUTS, FEATURES);
  const head = toyHead(FEATURES, CLASSES);
  const settings = { trunk, head, classes: CLASSES, outside, margins, weight, temperature: 1, seed: 4 };
  return { trunk, head, objective: energyFineTuning(settings) };
}

test("hinges are squared distances beyond their margin, zero before it", () => {
  const margins = { inside: -5, outside: -1 };
  expect(hinge([-6, -5, -3], "inside", margins)).toEqual({
    loss: 4 / 3,
    gradient: Float64Array.of(0, 0, 4 / 3),
  });
  expect(hinge([0, -1, -3], "outside", margins)).toEqual({
    loss: 4 / 3,
    gradient: Float64Array.of(-0, -0, -4 / 3),
  });
});

test("the gradients of trunk and head are those of cross-entropy and both hinges", async () => {
  const { trunk, head, objective } = setUp(0.7);
  const batch = { inputs, labels, epoch: 2, step: 5 };
  const parameters = [...trunk.parameters, ...head.parameters];
  const { loss, correct } = await objective.step(batch);
  const gradients = parameters.map(({ gradient }) => gradient.slice());
  // The same rows from outside, and the loss as it is written in the paper.
  const random = new Random(4, "energy", 2, 5);
  const others = new Float32Array(ROWS * INPUTS);
  outside.inputs.gather(
    Array.from(labels, () => random.integer(20)),
    others,
  );
  const written = async () => {
    const x = await trunk.evaluate(inputs);
    const { loss: own } = await head.step(x, labels);
    const e = energies(await head.logits(x), CLASSES);
    const f = energies(await head.logits(await trunk.evaluate(others)), CLASSES);
    const inner = e.reduce((s, energy) => s + Math.max(0, energy + 2.5) ** 2, 0) / ROWS;
    const outer = f.reduce((s, energy) => s + Math.max(0, -0.5 - energy) ** 2, 0) / ROWS;
    expect(inner).toBeGreaterThan(0);
    expect(outer).toBeGreaterThan(0);
    return own + 0.7 * (inner + outer);
  };
  expect(loss).toBeCloseTo(await written(), 5);
  expect(correct).toBe((await head.step(await trunk.evaluate(inputs), labels)).correct);
  parameters.forEach(({ gradient }, k) => {
    gradient.set(gradients[k]);
  });
  expect(await gradientError(parameters, written)).toBeLessThan(2e-3);
});

test("without weight it is the head's own loss; the same step gives the same bits; energies move apart", async () => {
  const { trunk, head, objective } = setUp(0);
  const batch = { inputs, labels, epoch: 0, step: 0 };
  const own = await head.step(await trunk.forward(inputs, new Random(1)), labels);
  await trunk.backward(own.gradient);
  const expected = trunk.parameters[0].gradient.slice();
  expect((await objective.step(batch)).loss).toBe(own.loss);
  expect(trunk.parameters[0].gradient).toEqual(expected);

  const trained = setUp(1, { inside: -6, outside: 0 });
  const again = setUp(1, { inside: -6, outside: 0 });
  const gap = async () => {
    const mean = (e: Float64Array) => e.reduce((s, x) => s + x, 0) / e.length;
    const of = async (x: Float32Array) =>
      mean(energies(await trained.head.logits(await trained.trunk.evaluate(x)), CLASSES));
    return (await of(values)) - (await of(inputs));
  };
  const before = await gap();
  for (let step = 0; step < 50; step++) {
    for (const { trunk, head, objective } of [trained, again]) {
      await objective.step({ inputs, labels, epoch: 0, step });
      for (const { value, gradient } of [...trunk.parameters, ...head.parameters])
        for (let i = 0; i < value.length; i++) value[i] -= 0.02 * gradient[i];
    }
  }
  expect(again.head.parameters[0].value).toEqual(trained.head.parameters[0].value);
  expect(await gap()).toBeGreaterThan(before + 0.3);
});

test("energies beyond numbers stop it", async () => {
  const { trunk, objective } = setUp(1);
  trunk.parameters[0].value.fill(Number.NaN);
  await expect(objective.step({ inputs, labels, epoch: 0, step: 0 })).rejects.toThrow(Diverged);
});

test("margins are means of energies, unless these are the wrong way round", () => {
  expect(measuredMargins([-4, -6], [-1, -2])).toEqual({ inside: -5, outside: -1.5 });
  expect(measuredMargins([-1], [-4])).toMatch(/Give margins with --energy-margins IN,OUT/);
  expect(() => measuredMargins([], [-4])).toThrow(/has no row/);
  expect(parseMargins("-12, -5.5")).toEqual({ inside: -12, outside: -5.5 });
  for (const wrong of ["-5", "-5,-12", "-5,", "a,b", "-9,-5,-1"])
    expect(() => parseMargins(wrong)).toThrow(`"${wrong}" are no margins: give two numbers`);
});
