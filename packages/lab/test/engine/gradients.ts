/** Gradients against central finite differences, on both engines. */
import { expect } from "vitest";
import { Graph, type Tensor } from "../../src/engine/graph.js";
import { createEngine } from "../../src/engine/index.js";
import { Buffers, trainingPrograms } from "../../src/engine/program.js";
import { Random } from "../../src/random.js";

export const engines = [await createEngine("native"), await createEngine("embedded")];

/**
 * Checks the gradient of Σ seed · output by every input, element by element, and returns outputs and gradients of each engine.
 * @param inputs their shapes
 * @param build gives the output
 * @param fill how the inputs are drawn
 */
export async function checkGradients(
  inputs: Readonly<Record<string, readonly number[]>>,
  build: (inputs: Record<string, Tensor>) => Tensor,
  {
    fill = (random: Random, size: number, _name: string) => random.normals(size),
    step = 1e-2,
    tolerance = 2e-3,
  } = {},
) {
  const results: { output: Float32Array; gradients: Float32Array[] }[] = [];
  for (const engine of engines) {
    const graph = new Graph();
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([name, shape]) => [name, graph.input(name, shape)]),
    );
    const output = build(tensors);
    const random = new Random(5);
    const values = Object.values(tensors).map(({ name, size }) => ({
      name,
      value: fill(random, size, name),
    }));
    const buffers = new Buffers(values);
    const programs = await trainingPrograms(engine, graph, buffers, {
      output,
      wanted: Object.values(tensors),
    });
    const seed = buffers.array(programs.seed);
    seed.set(random.normals(seed.length));
    await programs.forward.run();
    await programs.backward.run();
    const gradients = programs.gradients.map((tensor) => buffers.array(tensor).slice());
    const loss = async () => {
      await programs.forward.run();
      return buffers.array(output).reduce((sum, y, i) => sum + y * seed[i], 0);
    };
    for (const [k, { name, value }] of values.entries()) {
      for (let i = 0; i < value.length; i++) {
        const kept = value[i];
        value[i] = kept + step;
        const above = await loss();
        value[i] = kept - step;
        const below = await loss();
        value[i] = kept;
        const difference = (above - below) / (2 * step);
        const scale = Math.max(1, Math.abs(difference));
        expect(Math.abs(gradients[k][i] - difference) / scale, `${engine.name}: ${name}[${i}]`).toBeLessThan(
          tolerance,
        );
      }
    }
    await loss();
    results.push({ output: buffers.array(output).slice(), gradients });
    await programs.release();
  }
  agree(results[0].output, results[1].output);
  for (const [k, gradient] of results[0].gradients.entries()) agree(gradient, results[1].gradients[k]);
  return results;
}

/** To a tolerance that leaves room for another order of sums only. */
export function agree(a: Float32Array, b: Float32Array, tolerance = 1e-5) {
  expect(a.length).toBe(b.length);
  const largest = a.reduce((max, x) => Math.max(max, Math.abs(x)), 1);
  a.forEach((x, i) => {
    expect(Math.abs(x - b[i]), `[${i}]`).toBeLessThan(tolerance * largest);
  });
}
