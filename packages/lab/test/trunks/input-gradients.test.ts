import { expect, test } from "vitest";
import { createEngine } from "../../src/engine/index.js";
import { Random } from "../../src/random.js";
import { createTrunk, type Norm } from "../../src/trunks/index.js";

const STEPS = [3e-3, 1e-3, 2e-4];
const shape = [2, 5, 4];
const rows = { batch: 3, evaluated: 3, seed: 1, inputShape: shape };

test.each<[spec: string, norm: Norm]>([
  ["none", "none"],
  ["linear:4", "none"],
  ["mlp:6,3", "frn"],
  ["mlp:6,3", "batch"],
  ["conv:3,2", "none"],
  ["conv:3,2", "batch"],
  ["conv:3,2", "frn"],
])("the gradient by the inputs of %s, norm %s, agrees with differences", async (spec, norm) => {
  const engine = await createEngine();
  const options = { ...rows, engine, norm, features: 3 };
  const trunk = await createTrunk(spec, { ...options, inputGradients: true });
  const inputs = new Random(2).normals(rows.batch * 40);
  const seed = new Random(9).normals(rows.batch * trunk.features);
  const loss = async () =>
    (await trunk.forward(inputs, new Random(1))).reduce((sum, y, i) => sum + y * seed[i], 0);
  await loss();
  await trunk.backward(seed);
  const found = trunk.inputGradient?.slice() ?? new Float32Array(0);
  const parameters = trunk.parameters.map(({ gradient }) => gradient.slice());
  expect(found.length).toBe(inputs.length);
  const largest = found.reduce((max, g) => Math.max(max, Math.abs(g)), 0);
  expect(largest).toBeGreaterThan(0);
  for (let i = 0; i < inputs.length; i += 3) {
    const kept = inputs[i];
    const errors = [];
    for (const step of STEPS) {
      inputs[i] = kept + step;
      const above = await loss();
      inputs[i] = kept - step;
      const below = await loss();
      inputs[i] = kept;
      errors.push(Math.abs(found[i] - (above - below) / (2 * step)));
    }
    expect(Math.min(...errors) / largest, `input ${i}`).toBeLessThan(0.02);
  }

  // Who does not ask for it gets the same of everything else, bit for bit.
  const plain = await createTrunk(spec, options);
  expect(plain.inputGradient).toBeUndefined();
  await plain.forward(inputs, new Random(1));
  await plain.backward(seed);
  plain.parameters.forEach(({ gradient }, k) => {
    expect(gradient).toEqual(parameters[k]);
  });
  await Promise.all([trunk.release(), plain.release()]);
});
