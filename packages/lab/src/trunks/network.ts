/** A trunk of layers one after the other. */
import type { Engine } from "../engine/engine.js";
import { Graph, type Tensor } from "../engine/graph.js";
import { Buffers, Program, trainingPrograms } from "../engine/program.js";
import type { Norm } from "./kind.js";
import { batchLayer } from "./layers/batch.js";
import type { Layer, Watch } from "./layers/layer.js";
import { centreWeights } from "./mimic.js";
import type { Trunk } from "./trunk.js";

export interface NetworkShape {
  /** Of one row. */
  readonly inputShape: readonly number[];
  readonly batch: number;
  /** Rows that are evaluated at once. */
  readonly evaluated: number;
  readonly inputGradients?: boolean | undefined;
}

export async function networkTrunk(
  engine: Engine,
  layers: readonly Layer[],
  { inputShape, batch, evaluated, inputGradients = false }: NetworkShape,
  norm: Norm,
): Promise<Trunk> {
  const graph = new Graph();
  const x = graph.input("inputs", [batch, ...inputShape]);
  const watched: { tensors: readonly Tensor[]; afterForward: (...values: Float32Array[]) => void }[] = [];
  const watch: Watch = (tensors, afterForward) => watched.push({ tensors, afterForward });
  const train = (before: Tensor, layer: Layer) => layer.training(before, watch);
  let output = layers.reduce(train, x);
  const all = [...layers];
  if (norm === "mimic") {
    const last = batchLayer("trunk.norm", output.shape[1]);
    all.push(last);
    output = train(output, last);
  }
  const parameters = all.flatMap((layer) => layer.parameters);
  const variables = all.flatMap((layer) => layer.variables);
  const shared = [...parameters, ...variables];
  if (norm === "mimic") centreWeights(parameters);

  const buffers = new Buffers(shared);
  const training = await trainingPrograms(engine, graph, buffers, {
    output,
    also: watched.flatMap(({ tensors }) => tensors),
    wanted: [...parameters.map(({ name }) => graph.tensor(name)), ...(inputGradients ? [x] : [])],
  });
  const gradients = training.gradients.map((gradient) => buffers.array(gradient));
  for (const [k, one] of parameters.entries()) one.gradient = gradients[k];
  const [given, features, seed] = [x, output, training.seed].map((tensor) => buffers.array(tensor));
  const notes = watched.map(({ tensors, afterForward }) => {
    const values = tensors.map((tensor) => buffers.array(tensor));
    return () => afterForward(...values);
  });

  const evaluation = await evaluationOf(engine, all, shared, [evaluated, ...inputShape]);
  return {
    features: output.shape[1],
    parameters,
    variables,
    async forward(inputs) {
      if (inputs.length !== given.length)
        throw new RangeError(`a step takes ${batch} rows, ${given.length} numbers, not ${inputs.length}`);
      given.set(inputs);
      await training.forward.run();
      for (const note of notes) note();
      return features;
    },
    async backward(gradient) {
      seed.set(gradient);
      await training.backward.run();
    },
    ...(inputGradients && { inputGradient: gradients[parameters.length] }),
    evaluate: evaluation.evaluate,
    ...(norm === "mimic" && { afterStep: () => centreWeights(parameters) }),
    async release() {
      await training.release();
      await evaluation.release();
    },
  };
}

/** Takes any number of rows, of which it computes as many at once as the first number of the shape says. */
async function evaluationOf(
  engine: Engine,
  layers: readonly Layer[],
  shared: ConstructorParameters<typeof Buffers>[0],
  shape: readonly number[],
) {
  const graph = new Graph();
  const x = graph.input("inputs", shape);
  const output = layers.reduce((before, layer) => layer.evaluation(before), x);
  const buffers = new Buffers(shared);
  const program = await Program.create(engine, graph, buffers, [output]);
  const given = buffers.array(x);
  const found = buffers.array(output);
  const [evaluated, features] = output.shape;
  const width = given.length / evaluated;
  return {
    async evaluate(inputs: Float32Array): Promise<Float32Array> {
      const rows = inputs.length / width;
      const all = new Float32Array(rows * features);
      for (let first = 0; first < rows; first += evaluated) {
        const end = Math.min(first + evaluated, rows);
        given.set(inputs.subarray(first * width, end * width));
        given.fill(0, (end - first) * width);
        await program.run();
        all.set(found.subarray(0, (end - first) * features), first * features);
      }
      return all;
    },
    release: () => program.release(),
  };
}
