/** A trunk that reads text: columns of words side by side, so many words of each a step. */
import type { Engine } from "../engine/engine.js";
import { Graph, type Tensor } from "../engine/graph.js";
import { lstm } from "../engine/lstm.js";
import { linear, multiplyBy } from "../engine/operations.js";
import { Buffers, Program, trainingPrograms } from "../engine/program.js";
import { Random } from "../random.js";
import { type Parameter, parameter, type Variable, variable } from "../training/parameter.js";
import { inputOf } from "./layers/layer.js";
import { startWeights } from "./layers/weights.js";
import type { Trunk } from "./trunk.js";

const DROPOUT = 0.2;

export interface LanguageShape {
  readonly words: number;
  readonly features: number;
  /** Words of a column that are read at once. */
  readonly steps: number;
  readonly columns: number;
  /** Columns of an evaluation. */
  readonly evaluated: number;
}

export async function languageTrunk(engine: Engine, shape: LanguageShape, seed: number): Promise<Trunk> {
  const { words, features, steps, columns, evaluated } = shape;
  const embedding = parameter(
    "trunk.embedding",
    [words, features],
    new Random(seed, "trunk.embedding").normals(words * features),
  );
  const layers = startLayers(features, seed);
  const parameters = [embedding, ...Object.values(layers)];
  const state = { h: variable("trunk.h", [columns, features]), c: variable("trunk.c", [columns, features]) };
  const training = await trainingOf(engine, layers, state, shape);
  const evaluation = await evaluationOf(engine, layers, shape);

  const masks = new Float32Array(steps * columns * features);
  const inputMasks = new Float32Array(masks.length);
  let read = new Float32Array(0);
  return {
    features,
    parameters,
    variables: Object.values(state),
    async forward(inputs, noise) {
      if (inputs.length !== steps * columns)
        throw new RangeError(`a step takes ${steps} × ${columns} words, not ${inputs.length}`);
      read = inputs.slice();
      noise.dropout(inputMasks, DROPOUT);
      noise.dropout(training.mask, DROPOUT);
      embed(embedding.value, read, training.x);
      for (let i = 0; i < inputMasks.length; i++) training.x[i] *= inputMasks[i];
      await training.programs.forward.run();
      return training.output;
    },
    async backward(gradient) {
      training.seed.set(gradient);
      await training.programs.backward.run();
      const { ofX } = training;
      for (let i = 0; i < inputMasks.length; i++) ofX[i] *= inputMasks[i];
      embedding.gradient.fill(0);
      scatter(ofX, read, embedding.gradient);
      // The next words go on from here; the backward has read where these began.
      state.h.value.set(training.h);
      state.c.value.set(training.c);
    },
    async evaluate(inputs) {
      const at = steps * evaluated;
      if (inputs.length % at !== 0)
        throw new RangeError(
          `an evaluation takes a multiple of ${steps} × ${evaluated} words, not ${inputs.length}`,
        );
      const all = new Float32Array(inputs.length * features);
      for (let first = 0; first < inputs.length; first += at) {
        embed(embedding.value, inputs.subarray(first, first + at), evaluation.x);
        await evaluation.program.run();
        evaluation.h0.set(evaluation.h);
        evaluation.c0.set(evaluation.c);
        all.set(evaluation.output, first * features);
      }
      return all;
    },
    restart(of) {
      for (const array of of === "training" ? [state.h.value, state.c.value] : [evaluation.h0, evaluation.c0])
        array.fill(0);
    },
    async release() {
      await training.programs.release();
      await evaluation.program.release();
    },
  };
}

type Layers = Record<"inputs" | "hidden" | "inputBias" | "hiddenBias" | "weights" | "bias", Parameter>;

function startLayers(features: number, seed: number): Layers {
  const gates = 4 * features;
  const start = (name: string, ...shape: number[]) =>
    startWeights(`trunk.${name}`, shape, features, seed, shape.length > 1);
  return {
    inputs: start("lstm.inputs", gates, features),
    hidden: start("lstm.hidden", gates, features),
    inputBias: start("lstm.inputBias", gates),
    hiddenBias: start("lstm.hiddenBias", gates),
    weights: start("linear.weights", features, features),
    bias: start("linear.bias", features),
  };
}

function network(
  graph: Graph,
  layers: Layers,
  start: { h: Tensor; c: Tensor },
  { steps, features }: LanguageShape,
) {
  const of = Object.fromEntries(
    Object.entries(layers).map(([name, one]) => [name, inputOf(graph, one)]),
  ) as Record<keyof Layers, Tensor>;
  const x = graph.input("words", [steps * start.h.shape[0], features]);
  const { output, h, c } = lstm(x, of, start, steps);
  return { x, h, c, output: linear(output, of.weights, of.bias) };
}

async function trainingOf(
  engine: Engine,
  layers: Layers,
  state: { h: Variable; c: Variable },
  shape: LanguageShape,
) {
  const graph = new Graph();
  const start = { h: inputOf(graph, state.h), c: inputOf(graph, state.c) };
  const { x, h, c, output } = network(graph, layers, start, shape);
  const mask = graph.input("mask", output.shape);
  const dropped = multiplyBy(output, mask);
  const parameters = Object.values(layers);
  const buffers = new Buffers([...parameters, state.h, state.c]);
  const programs = await trainingPrograms(engine, graph, buffers, {
    output: dropped,
    also: [h, c],
    wanted: [x, ...parameters.map(({ name }) => graph.tensor(name))],
  });
  const [ofX, ...gradients] = programs.gradients;
  for (const [k, gradient] of gradients.entries()) parameters[k].gradient = buffers.array(gradient);
  return { programs, ...buffers.arrays({ x, h, c, mask, output: dropped, ofX, seed: programs.seed }) };
}

async function evaluationOf(engine: Engine, layers: Layers, shape: LanguageShape) {
  const { evaluated, features } = shape;
  const graph = new Graph();
  const h0 = graph.input("h0", [evaluated, features]);
  const c0 = graph.input("c0", [evaluated, features]);
  const { x, h, c, output } = network(graph, layers, { h: h0, c: c0 }, shape);
  const buffers = new Buffers(Object.values(layers));
  const program = await Program.create(engine, graph, buffers, [output, h, c]);
  return { program, ...buffers.arrays({ x, h0, c0, h, c, output }) };
}

/** The rows of the words. */
function embed(embedding: Float32Array, words: Float32Array, out: Float32Array): void {
  const features = out.length / words.length;
  for (let row = 0; row < words.length; row++) {
    const first = words[row] * features;
    out.set(embedding.subarray(first, first + features), row * features);
  }
}

/** Adds rows to those of the words. */
function scatter(rows: Float32Array, words: Float32Array, out: Float32Array): void {
  const features = rows.length / words.length;
  for (let row = 0; row < words.length; row++) {
    const to = words[row] * features;
    for (let i = 0; i < features; i++) out[to + i] += rows[row * features + i];
  }
}
