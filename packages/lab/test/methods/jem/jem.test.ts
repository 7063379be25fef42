import { expect, test } from "vitest";
import { energies } from "../../../src/methods/energy/scores.js";
import { ReplayBuffer } from "../../../src/methods/jem/buffer.js";
import { descend } from "../../../src/methods/jem/langevin.js";
import { EnergyModel } from "../../../src/methods/jem/model.js";
import { JEM_DEFAULTS, type JemOptions, jointEnergy } from "../../../src/methods/jem/objective.js";
import { Diverged } from "../../../src/methods/objective.js";
import { Random } from "../../../src/random.js";
import { variable } from "../../../src/training/parameter.js";
import { gradientError, toyHead, toyTrunk } from "../support/toy.js";

const [INPUTS, FEATURES, CLASSES, ROWS] = [5, 4, 3, 8];
const inputs = new Random(6).uniforms(ROWS * INPUTS, 1).map(Math.abs);
const labels = Int32Array.from({ length: ROWS }, (_, r) => r % CLASSES);
function setUp(options: Partial<JemOptions> = {}) {
  const trunk = toyTrunk(INPUTS, FEATURES);
  const head = toyHead(FEATURES, CLASSES);
  const objective = jointEnergy({ trunk, head, classes: CLASSES, width: INPUTS }, 3, {
    ...JEM_DEFAULTS,
    buffer: 40,
    ...options,
  });
  return { trunk, head, objective, parameters: [...trunk.parameters, ...head.parameters] };
}

const meanEnergy = async ({ trunk, head }: ReturnType<typeof setUp>, x: Float32Array) => {
  const found = energies(await head.logits(await trunk.evaluate(x)), CLASSES);
  return found.reduce((sum, e) => sum + e, 0) / found.length;
};

test("the buffer starts as noise, gives what was put into it, and starts some rows anew", () => {
  const buffer = new ReplayBuffer(200, 2, new Random(1));
  const [{ value }] = buffer.variables;
  expect(value.every((x) => x >= 0 && x < 1)).toBe(true);
  expect(value.reduce((sum, x) => sum + x, 0) / value.length).toBeCloseTo(0.5, 1);
  value.fill(5);
  const batch = new Float32Array(2 * 4000);
  const places = buffer.draw(batch, 0.05, new Random(2));
  const anew = places.filter((_, r) => batch[2 * r] !== 5).length / 4000;
  expect(Math.abs(anew - 0.05)).toBeLessThan(0.012);
  expect(new Set(places).size).toBe(200);
  buffer.put(Int32Array.of(7, 3), Float32Array.of(1, 2, 3, 4));
  expect([...buffer.sample(7), ...buffer.sample(3), ...buffer.sample(4)]).toEqual([1, 2, 3, 4, 5, 5]);
});

test("a step of Langevin dynamics is one downhill, with noise of its own", async () => {
  const parts = setUp();
  const model = new EnergyModel(parts.trunk, parts.head, CLASSES);
  const x = inputs.slice();
  await descend(model, x, { steps: 1, stepSize: 1, noise: 0 }, new Random(1));
  const gradient = inputs.map((before, i) => before - x[i]);
  const moving = { value: inputs.slice(), gradient };
  expect(
    await gradientError([moving], async () => ROWS * (await meanEnergy(parts, moving.value))),
  ).toBeLessThan(5e-3);

  const noisy = inputs.slice();
  await descend(model, noisy, { steps: 1, stepSize: 1, noise: 0.01 }, new Random(9));
  const noise = new Random(9).normals(inputs.length, 0.01);
  noisy.forEach((value, i) => {
    expect(value).toBeCloseTo(x[i] + noise[i], 5);
  });
  const before = await meanEnergy(parts, inputs);
  await descend(model, x, { steps: 20, stepSize: 0.2, noise: 0 }, new Random(1));
  expect(await meanEnergy(parts, x)).toBeLessThan(before - 0.2);
});

test("gradients are those of cross-entropy + E(x) − E(sample), samples held", async () => {
  const parts = setUp({ steps: 0, weight: 0.5 });
  const { head, trunk, objective, parameters } = parts;
  const samples = new Float32Array(ROWS * INPUTS);
  objective.buffer.draw(samples, 0.05, new Random(3, "jem", "draw", 1, 2));
  const { loss } = await objective.step({ inputs, labels, epoch: 1, step: 2 });
  const gradients = parameters.map(({ gradient }) => gradient.slice());
  const written = async () => {
    const own = await head.step(await trunk.evaluate(inputs), labels);
    return own.loss + 0.5 * ((await meanEnergy(parts, inputs)) - (await meanEnergy(parts, samples)));
  };
  expect(loss).toBeCloseTo(await written(), 5);
  parameters.forEach(({ gradient }, k) => {
    gradient.set(gradients[k]);
  });
  expect(await gradientError(parameters, written)).toBeLessThan(2e-3);
});

test("it goes on bit for bit from parameters and buffer, and samples come to lie where the data do", async () => {
  const train = async (parts: ReturnType<typeof setUp>, from: number, to: number) => {
    for (let step = from; step < to; step++) {
      await parts.objective.step({ inputs, labels, epoch: 0, step });
      for (const { value, gradient } of parts.parameters)
        for (let i = 0; i < value.length; i++) value[i] -= 0.05 * gradient[i];
    }
  };
  const options = { steps: 10, stepSize: 0.1 };
  const whole = setUp(options);
  await train(whole, 0, 40);
  const first = setUp(options);
  await train(first, 0, 17);
  const second = setUp(options);
  const kept = (parts: ReturnType<typeof setUp>) => [...parts.parameters, ...parts.objective.variables];
  kept(second).forEach(({ value }, k) => {
    value.set(kept(first)[k].value);
  });
  await train(second, 17, 40);
  kept(second).forEach(({ value }, k) => {
    expect(value).toEqual(kept(whole)[k].value);
  });
  expect(Math.abs(whole.objective.energies.real - whole.objective.energies.sample)).toBeLessThan(5);
});

test("samples do not count into running statistics, nor does the sampled batch", async () => {
  const parts = setUp({ steps: 3 });
  const mean = variable("trunk.mean", [1]);
  let forwards = 0;
  const counting = {
    ...parts.trunk,
    variables: [mean],
    get inputGradient() {
      return parts.trunk.inputGradient;
    },
    async forward(x: Float32Array, noise: Random) {
      forwards++;
      mean.value[0] += 1;
      return parts.trunk.forward(x, noise);
    },
  };
  const model = { trunk: counting, head: parts.head, classes: CLASSES, width: INPUTS };
  const objective = jointEnergy(model, 3, { ...JEM_DEFAULTS, buffer: 40, steps: 3 });
  await objective.step({ inputs, labels, epoch: 0, step: 0 });
  expect(forwards).toBe(5);
  expect(mean.value[0]).toBe(1);
});

test("what has run away is stopped before it is put into the buffer", async () => {
  const parts = setUp({ bound: 1e-6, steps: 1 });
  const before = parts.objective.buffer.variables[0].value.slice();
  const step = parts.objective.step({ inputs, labels, epoch: 0, step: 0 });
  await expect(step).rejects.toThrow(/energies of images and of samples are .* train with a lower rate/);
  await expect(step).rejects.toThrow(Diverged);
  expect(parts.objective.buffer.variables[0].value).toEqual(before);
  const broken = setUp();
  broken.head.parameters[0].value[0] = Number.NaN;
  await expect(broken.objective.step({ inputs, labels, epoch: 0, step: 0 })).rejects.toThrow(Diverged);
});

test("a trunk without the gradient is refused", async () => {
  const { trunk, head } = setUp();
  const { inputGradient: _, ...plain } = trunk;
  const model = new EnergyModel(plain, head, CLASSES);
  expect(() => model.inputGradient).toThrow(/without gradients by its inputs/);
});
