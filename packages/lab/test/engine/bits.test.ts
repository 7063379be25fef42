/** The same numbers give the same bits, wherever their arrays lie and whatever else has been computed. */
import { expect, test } from "vitest";
import { Graph, type Tensor } from "../../src/engine/graph.js";
import { average, linear, normalizeRows, sum } from "../../src/engine/operations.js";
import { Buffers, Program, trainingPrograms } from "../../src/engine/program.js";
import { Random } from "../../src/random.js";
import { createOptimizer } from "../../src/training/optimizers/index.js";
import { createTrunk } from "../../src/trunks/index.js";
import { engines } from "./gradients.js";

/** An array that begins so many bytes behind where it would. */
function shifted(values: Float32Array, bytes: number): Float32Array {
  const array = new Float32Array(new ArrayBuffer(4 * values.length + 128), bytes, values.length);
  array.set(values);
  return array;
}

const places = [0, 4, 12, 16, 20, 32, 44];

const operations: [string, (x: Tensor) => Tensor[]][] = [
  ["sums of a row", (x) => [sum(x, [1])]],
  ["sums of a column", (x) => [sum(x, [0])]],
  ["a mean", (x) => [average(x, [0, 1])]],
  ["rows of length one", (x) => [normalizeRows(x)]],
  [
    "what is given out and added up besides",
    (x) => {
      const squares = x.graph.node("Mul", [x, x], x.shape);
      return [squares, sum(squares, [1]), sum(squares, [0, 1], 1)];
    },
  ],
  ["logarithms", (x) => [x.graph.node("Log", [x.graph.node("Abs", [x], x.shape)], x.shape)]],
  ["logarithms of what is given", (x) => [x.graph.node("Softplus", [x], x.shape)]],
  ["products", (x) => [linear(x, x)]],
  ["hyperbolic tangents", (x) => [x.graph.node("Tanh", [x], x.shape)]],
  ["logarithms of probabilities", (x) => [x.graph.node("LogSoftmax", [x], x.shape, { axis: 1 })]],
];

test.each(engines.flatMap((engine) => operations.map(([name, build]) => ({ engine, name, build }))))(
  "$name, $engine.name",
  async ({ engine, build }) => {
    const values = new Random(1).normals(37 * 51);
    const seen = new Set<string>();
    for (const place of places) {
      const graph = new Graph();
      const x = graph.input("x", [37, 51]);
      const outputs = build(x);
      const given = outputs.map(({ name, size }) => ({
        name,
        value: shifted(new Float32Array(size), 64 - place),
      }));
      const buffers = new Buffers([{ name: "x", value: shifted(values, place) }, ...given]);
      const program = await Program.create(engine, graph, buffers, outputs);
      await program.run();
      seen.add(outputs.map((output) => hex(buffers.array(output))).join());
      await program.release();
    }
    expect(seen.size).toBe(1);
  },
);

const hex = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString("hex");

test.each(
  engines.flatMap((engine) =>
    ["mlp:33,17 batch", "conv:5,7 batch", "conv:5,7 frn", "lstm:9 none"].map((trunk) => ({ engine, trunk })),
  ),
)("$trunk: two trainings, $engine.name", async ({ engine, trunk: text }) => {
  const [spec, norm] = text.split(" ");
  const [of] = spec.split(":");
  const inputShape = of === "conv" ? [3, 9, 7] : [45];
  const rows = 11;
  const train = async (first: number) => {
    // Whatever was allocated before, later arrays lie elsewhere.
    const kept = Array.from({ length: first }, (_, k) => new Float32Array(k * 13 + first));
    const trunk = await createTrunk(spec, {
      engine,
      inputShape,
      batch: rows,
      evaluated: 4,
      features: 17,
      seed: 1,
      norm: norm as "none",
      ...(of === "lstm" && { vocabulary: 19, steps: 5 }),
    });
    const optimizer = createOptimizer("adam", trunk.parameters);
    for (let step = 0; step < 4; step++) {
      const random = new Random(2, step);
      const size =
        of === "lstm" ? 5 * rows : rows * inputShape.reduce((product, length) => product * length, 1);
      const inputs =
        of === "lstm" ? Float32Array.from({ length: size }, () => random.integer(19)) : random.normals(size);
      const features = await trunk.forward(inputs, random);
      await trunk.backward(features.map((x) => x / rows));
      optimizer.step(1e-2);
      trunk.afterStep?.();
    }
    const values = [...trunk.parameters, ...trunk.variables].map(({ value }) => hex(value));
    await trunk.release();
    expect(kept.length).toBe(first);
    return values;
  };
  const once = await train(0);
  expect(await train(50)).toEqual(once);
});

test("a program leaves its inputs as they are", async () => {
  for (const engine of engines) {
    const graph = new Graph();
    const x = graph.input("x", [3, 4]);
    const output = normalizeRows(x);
    const values = new Random(1).normals(12);
    const buffers = new Buffers([{ name: "x", value: values.slice() }]);
    const programs = await trainingPrograms(engine, graph, buffers, { output, wanted: [x] });
    buffers.array(programs.seed).fill(1);
    await programs.forward.run();
    await programs.backward.run();
    expect(buffers.array(x)).toEqual(values);
    expect(buffers.array(programs.seed)).toEqual(new Float32Array(12).fill(1));
  }
});
