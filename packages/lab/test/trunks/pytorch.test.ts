/** Trunks beside what PyTorch computes from the same values in float64: pytorch.json, written by ../pytorch.py. */
import { expect, test } from "vitest";
import { Random } from "../../src/random.js";
import type { Parameter } from "../../src/training/parameter.js";
import { createTrunk } from "../../src/trunks/index.js";
import { engines } from "../engine/gradients.js";
import torch from "./pytorch.json" with { type: "json" };

const wave = (length: number, step: number, phase = 0, size = 1) =>
  Float32Array.from({ length }, (_, i) => size * Math.sin(step * i + phase));

/** Parameter k starts as a wave of phase k. */
function start(parameters: readonly Parameter[]): void {
  for (const [k, { value }] of parameters.entries()) value.set(wave(value.length, 0.7, k, 0.5));
}

function close(found: ArrayLike<number>, expected: readonly number[], what: string): void {
  expect(found.length, what).toBe(expected.length);
  for (const [i, value] of expected.entries())
    expect(Math.abs(found[i] - value), `${what}[${i}]`).toBeLessThan(2e-5 * Math.max(1, Math.abs(value)));
}

const noise = new Random(0);

test.each(
  engines.flatMap((engine) => [
    { engine, spec: "conv:3,2", inputShape: [2, 6, 5], batch: 4, expected: torch.conv },
    { engine, spec: "mlp:6,3", inputShape: [4], batch: 5, expected: torch.mlp },
  ]),
)("$spec with batch normalisation, $engine.name", async ({ engine, spec, inputShape, batch, expected }) => {
  const options = { engine, inputShape, features: 3, batch, evaluated: 3, seed: 1, norm: "batch" } as const;
  const trunk = await createTrunk(spec, options);
  start(trunk.parameters);
  const size = batch * inputShape.reduce((product, length) => product * length, 1);
  await trunk.forward(wave(size, 0.3), noise);
  close(await trunk.forward(wave(size, 0.4), noise), expected.features, "features");
  await trunk.backward(wave(expected.features.length, 0.9));
  for (const [k, { name, gradient }] of trunk.parameters.entries())
    close(gradient, expected.gradients[k], name);
  for (const [k, { name, value }] of trunk.variables.entries()) close(value, expected.running[k], name);
  close(await trunk.evaluate(wave(size, 0.5)), expected.evaluated, "evaluated");
  await trunk.release();
});

test.each(engines)("long short-term memory goes on from where it was, $name", async (engine) => {
  const options = { engine, inputShape: [], batch: 2, evaluated: 2, seed: 1, vocabulary: 5, steps: 4 };
  const trunk = await createTrunk("lstm:3", options);
  start(trunk.parameters);
  const { words, evaluated } = torch.lstm;
  const read = Float32Array.from(words);
  close(await trunk.evaluate(read), evaluated, "evaluated");
  // What came before counts, until it is forgotten.
  for (const of of ["training", null] as const) {
    if (of !== null) trunk.restart?.(of);
    const again = await trunk.evaluate(read);
    expect(Math.abs(again[0] - evaluated[0])).toBeGreaterThan(1e-3);
  }
  trunk.restart?.("evaluation");
  close(await trunk.evaluate(read), evaluated, "evaluated after a restart");
  await trunk.release();
});
