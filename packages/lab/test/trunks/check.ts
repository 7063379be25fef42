/** Gradients of trunks against central finite differences. */
import { expect } from "vitest";
import { Random } from "../../src/random.js";
import { createTrunk, type TrunkOptions } from "../../src/trunks/index.js";
import { agree, engines } from "../engine/gradients.js";

const STEPS = [3e-3, 1e-3, 2e-4];

/** Of every parameter of a trunk, on both engines, which have to agree. */
export async function checkTrunk(spec: string, options: Omit<TrunkOptions, "engine">, inputs: Float32Array) {
  const results = [];
  for (const engine of engines) {
    const trunk = await createTrunk(spec, { ...options, engine });
    // Norms start where their gradients would not tell much.
    for (const { name, value } of trunk.parameters) {
      const noise = /norm/.test(name) ? new Random(3, name).uniforms(value.length, 0.3) : [];
      for (const [i, x] of noise.entries()) value[i] += name.endsWith("tau") ? 1 + x : x;
    }
    const variables = trunk.variables.map(({ value }) => value.slice());
    const forward = async () => {
      for (const [k, { value }] of trunk.variables.entries()) value.set(variables[k]);
      return trunk.forward(inputs, new Random(1, "noise"));
    };
    const output = (await forward()).slice();
    const seed = new Random(9, "gradient").normals(output.length);
    await trunk.backward(seed);
    const gradients = trunk.parameters.map(({ gradient }) => gradient.slice());
    const loss = async () => (await forward()).reduce((sum, y, i) => sum + y * seed[i], 0);
    for (const [k, { name, value }] of trunk.parameters.entries()) {
      const gradient = gradients[k];
      const largest = gradient.reduce((max, g) => Math.max(max, Math.abs(g)), 0);
      expect(largest, name).toBeGreaterThan(0);
      for (let i = 0; i < value.length; i++) {
        // A large step is exact to more digits; a small one does not cross the corner of a rectifier or another maximum.
        const errors = [];
        for (const step of STEPS)
          errors.push(Math.abs(gradient[i] - (await difference(value, i, step, loss))));
        expect(Math.min(...errors) / Math.max(largest, 0.1), `${engine.name}: ${name}[${i}]`).toBeLessThan(
          0.02,
        );
      }
    }
    results.push({ output, gradients });
    await trunk.release();
  }
  agree(results[0].output, results[1].output);
  for (const [k, gradient] of results[0].gradients.entries()) agree(gradient, results[1].gradients[k], 1e-4);
}

async function difference(value: Float32Array, i: number, step: number, loss: () => Promise<number>) {
  const kept = value[i];
  value[i] = kept + step;
  const above = await loss();
  value[i] = kept - step;
  const below = await loss();
  value[i] = kept;
  return (above - below) / (2 * step);
}
