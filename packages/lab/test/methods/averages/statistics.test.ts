import { expect, test } from "vitest";
import { createEngine } from "../../../src/engine/index.js";
import { parseAverage } from "../../../src/methods/averages/index.js";
import { recomputeStatistics } from "../../../src/methods/averages/statistics.js";
import { withAveraged } from "../../../src/methods/averages/with-averaged.js";
import { Random } from "../../../src/random.js";
import { parameter, variable } from "../../../src/training/parameter.js";
import { createTrunk } from "../../../src/trunks/index.js";
import type { Trunk } from "../../../src/trunks/trunk.js";

const ROWS = 16;
const WIDTH = 3;
const MOMENTUM = 0.1;

/** Scales its inputs and keeps running means and variances of what it gives, as batch normalisation does. */
function scaling(): Trunk & { scale: Float32Array; calls: number } {
  const weights = parameter("trunk.scale", [WIDTH], Float32Array.of(1, 2, 3));
  const mean = variable("trunk.mean", [WIDTH]);
  const variance = variable("trunk.variance", [WIDTH], 1);
  const fixed = variable("trunk.fixed", [2], 7);
  const trunk = {
    calls: 0,
    scale: weights.value,
    features: WIDTH,
    parameters: [weights],
    variables: [mean, variance, fixed],
    async forward(inputs: Float32Array, noise: Random) {
      trunk.calls++;
      const jitter = noise.uniform() * 1e-3;
      const out = inputs.map((x, i) => x * weights.value[i % WIDTH] + jitter);
      for (let j = 0; j < WIDTH; j++) {
        const column = Array.from({ length: ROWS }, (_, r) => out[r * WIDTH + j]);
        const m = column.reduce((a, b) => a + b, 0) / ROWS;
        const v = column.reduce((a, b) => a + (b - m) ** 2, 0) / (ROWS - 1);
        mean.value[j] += MOMENTUM * (m - mean.value[j]);
        variance.value[j] += MOMENTUM * (v - variance.value[j]);
      }
      return out;
    },
    async backward() {},
    evaluate: async (inputs: Float32Array) => inputs,
    release: async () => {},
  };
  return trunk;
}

const batches = Array.from({ length: 5 }, (_, k) =>
  new Random(k, "batch").normals(ROWS * WIDTH, 2).map((x) => x + 10),
);
const noiseOf = (batch: number) => new Random(1, "statistics", batch);

/** Of each batch in float64, then their plain mean. */
function expected(scale: ArrayLike<number>) {
  const of = (j: number) => {
    const each = batches.map((batch, k) => {
      const jitter = noiseOf(k).uniform() * 1e-3;
      const column = Array.from({ length: ROWS }, (_, r) => batch[r * WIDTH + j] * scale[j] + jitter);
      const m = column.reduce((a, b) => a + b, 0) / ROWS;
      return { m, v: column.reduce((a, b) => a + (b - m) ** 2, 0) / (ROWS - 1) };
    });
    return {
      mean: each.reduce((a, { m }) => a + m, 0) / each.length,
      variance: each.reduce((a, { v }) => a + v, 0) / each.length,
    };
  };
  return Array.from({ length: WIDTH }, (_, j) => of(j));
}

test("running statistics become the mean over the batches, whatever they were, and others stay", async () => {
  const trunk = scaling();
  trunk.variables[0].value.fill(1e3);
  await recomputeStatistics(trunk, batches, noiseOf);
  expected(trunk.scale).forEach(({ mean, variance }, j) => {
    expect(Math.abs(trunk.variables[0].value[j] / mean - 1)).toBeLessThan(1e-4);
    expect(Math.abs(trunk.variables[1].value[j] / variance - 1)).toBeLessThan(1e-4);
  });
  expect([...trunk.variables[2].value]).toEqual([7, 7]);
  expect(trunk.calls).toBe(batches.length + 1);
});

test("of a trunk of convolutions: evaluated by what one batch left, the batch gives what it gave in training", async () => {
  const shape = {
    batch: 32,
    evaluated: 32,
    seed: 3,
    inputShape: [1, 8, 8],
    features: 6,
    norm: "batch",
  } as const;
  const conv = await createTrunk("conv:4,5", { ...shape, engine: await createEngine() });
  const images = new Random(5).normals(32 * 64);
  const trained = (await conv.forward(images, new Random(1))).slice();
  const before = await conv.evaluate(images);
  await recomputeStatistics(conv, [images], noiseOf);
  const after = await conv.evaluate(images);
  const away = (found: Float32Array) => Math.max(...found.map((x, i) => Math.abs(x - trained[i])));
  expect(away(before)).toBeGreaterThan(0.05);
  // Of a sample the variance is estimated without bias, which a batch's own is not.
  expect(away(after)).toBeLessThan(0.005);
  await conv.release();
});

test("without batches, and of a recurrent trunk, nothing changes", async () => {
  const trunk = scaling();
  const before = trunk.variables.map(({ value }) => [...value]);
  await recomputeStatistics(trunk, [], noiseOf);
  await recomputeStatistics({ ...trunk, restart: () => {} }, batches, noiseOf);
  expect(trunk.variables.map(({ value }) => [...value])).toEqual(before);
});

test("averaged weights are evaluated with statistics of their own, and training goes on from its own", async () => {
  const trunk = scaling();
  const average = parseAverage("swa:0")({ parameters: trunk.parameters, epochs: 2 });
  const model = { parameters: trunk.parameters, trunk };
  const source = { batches, noiseOf };
  expect(await withAveraged(average, model, source, async () => 1)).toBeNull();
  average.afterEpoch(0);
  trunk.scale.set([3, 2, 1]);
  average.afterEpoch(1);
  await trunk.forward(batches[0], noiseOf(9));
  const before = trunk.variables.map(({ value }) => [...value]);
  const found = await withAveraged(average, model, source, async () => ({
    scale: [...trunk.scale],
    mean: [...trunk.variables[0].value],
  }));
  expect(found?.scale).toEqual([2, 2, 2]);
  expected([2, 2, 2]).forEach(({ mean }, j) => {
    expect(found?.mean[j]).toBeCloseTo(mean, 2);
  });
  expect([...trunk.scale]).toEqual([3, 2, 1]);
  expect(trunk.variables.map(({ value }) => [...value])).toEqual(before);
  const failed = withAveraged(average, model, source, () => Promise.reject(new Error("the disc is full")));
  await expect(failed).rejects.toThrow("the disc is full");
  expect([...trunk.scale]).toEqual([3, 2, 1]);
});
