import { expect, test } from "vitest";
import { Problem } from "../../../src/problem.js";
import { Random } from "../../../src/random.js";
import {
  clipGradient,
  createOptimizer,
  type OptimizerOptions,
} from "../../../src/training/optimizers/index.js";
import { type Parameter, parameter } from "../../../src/training/parameter.js";
import torch from "./pytorch.json" with { type: "json" };

const sines = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i));
const start = () => [parameter("w", [1, 6], sines(6)), parameter("b", [3], sines(3), false)];

function descend(parameters: readonly Parameter[], at: number): void {
  for (const { gradient } of parameters)
    for (let i = 0; i < gradient.length; i++) gradient[i] = Math.cos(3 * i + at);
}

/** pytorch.json, written by ../../pytorch.py: five steps at a rate of 0.1 with the gradients above; only the weights decay. */
const runs: [Exclude<keyof typeof torch, "madeBy">, string, OptimizerOptions, number?][] = [
  ["adam", "adam", {}],
  ["adam, decay 0.5", "adam", { weightDecay: 0.5 }],
  ["adamw", "adamw", {}],
  ["adamw, decay 0.5", "adamw", { weightDecay: 0.5 }],
  ["sgd", "sgd", {}],
  ["sgd, momentum 0.9, decay 0.5", "sgd", { momentum: 0.9, weightDecay: 0.5 }],
  ["sgd, clipped to 0.5", "sgd", {}, 0.5],
];

test.each(runs)("%s: as PyTorch", (key, name, options, clip) => {
  const parameters = start();
  const optimizer = createOptimizer(name, parameters, options);
  for (let step = 0; step < 5; step++) {
    descend(parameters, step);
    if (clip !== undefined) expect(clipGradient(parameters, clip)).toBeGreaterThan(clip);
    optimizer.step(0.1);
  }
  const [w, b] = parameters;
  for (const [i, value] of torch[key].weights.entries()) expect(w.value[i]).toBeCloseTo(value, 5);
  for (const [i, value] of torch[key].bias.entries()) expect(b.value[i]).toBeCloseTo(value, 5);
});

test("a gradient that is short enough is left alone", () => {
  const parameters = start();
  descend(parameters, 0);
  const before = parameters.map(({ gradient }) => gradient.slice());
  const length = clipGradient(parameters, 100);
  expect(length).toBeCloseTo(Math.hypot(...before.flatMap((gradient) => [...gradient])), 5);
  expect(parameters.map(({ gradient }) => gradient)).toEqual(before);
});

test.each([
  ["adam", { weightDecay: 0.1 }],
  ["adamw", {}],
  ["sgd", { momentum: 0.9 }],
  ["sgd", {}],
])("%s %o: restored, it goes on bit for bit", (name, options: OptimizerOptions) => {
  const make = () => {
    const values = new Random(1, "values");
    const parameters = [7, 300].map((size) => parameter(`p${size}`, [size], values.normals(size)));
    return { parameters, optimizer: createOptimizer(name, parameters, options) };
  };
  const run = ({ parameters, optimizer }: ReturnType<typeof make>, first: number, end: number) => {
    for (let step = first; step < end; step++) {
      for (const { name, gradient } of parameters)
        gradient.set(new Random(2, name, step).normals(gradient.length));
      optimizer.step(0.01 / (step + 1));
    }
  };
  const unbroken = make();
  run(unbroken, 0, 20);
  const broken = make();
  run(broken, 0, 13);
  const resumed = make();
  const keep = ({ parameters, optimizer }: typeof broken) => [...parameters, ...optimizer.state];
  const kept = keep(broken).map(({ name, value }) => ({ name, value: value.slice() }));
  for (const [k, { name, value }] of keep(resumed).entries()) {
    expect(name).toBe(kept[k].name);
    value.set(kept[k].value);
  }
  run(resumed, 13, 20);
  expect(new Set(kept.map(({ name }) => name)).size).toBe(kept.length);
  for (const [k, { value }] of keep(resumed).entries()) expect(value).toEqual(keep(unbroken)[k].value);
});

test("another name, or momentum for Adam, is refused", () => {
  expect(() => createOptimizer("toString", [])).toThrow(/take adam, adamw, sgd/);
  expect(() => createOptimizer("adam", [], { momentum: 0.9 })).toThrow(Problem);
});
