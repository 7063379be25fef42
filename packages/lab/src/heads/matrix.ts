import type { Engine } from "../engine/engine.js";
import { Graph, type Tensor } from "../engine/graph.js";
import { addBias, linear, normalizeRows, reshape, scale as scaled } from "../engine/operations.js";
import { Buffers, Program } from "../engine/program.js";
import { Random } from "../random.js";
import { type Parameter, parameter } from "../training/parameter.js";
import type { Head, HeadShape } from "./head.js";

type Kind = "learned" | "cosine";

/** The two heads that fixed ones are compared with: learned, z = W x + b, and cosine, z = s · ⟨w / ‖w‖, x / ‖x‖⟩ + b. */
export async function createMatrixHead(
  kind: Kind,
  shape: HeadShape,
  seed: number,
  engine: Engine,
): Promise<Head> {
  const { features, classes, rows } = shape;
  const { matrix, bias, scale } = startOf(kind, shape, seed);
  const parameters = [matrix, bias, ...(scale === null ? [] : [scale])];
  const training = await trainingProgram(kind, shape, parameters, engine);
  const evaluation = await evaluationProgram(kind, shape, parameters, engine);
  // Few losses are not the head's own.
  let backward: Awaited<ReturnType<typeof backwardProgram>> | null = null;

  return {
    parameters,
    parameterCount: parameters.reduce((sum, { value }) => sum + value.length, 0),
    bytes: parameters.reduce((sum, { value }) => sum + value.byteLength, 0),
    get scale() {
      return scale === null ? null : scale.value[0];
    },
    async step(x, labels) {
      training.x.set(x);
      for (let row = 0; row < rows; row++) training.labels[row] = BigInt(labels[row]);
      await training.program.run();
      let loss = 0;
      let correct = 0;
      for (let row = 0; row < rows; row++) {
        loss -= training.logProbability[row];
        if (Number(training.best[row]) === labels[row]) correct++;
      }
      return { loss: loss / rows, correct, gradient: training.ofX };
    },
    async backward(x, gradient) {
      backward ??= await backwardProgram(kind, shape, parameters, engine);
      backward.x.set(x);
      backward.seed.set(gradient);
      await backward.program.run();
      backward.gradients.forEach((found, k) => {
        parameters[k].gradient.set(found);
      });
      return backward.ofX;
    },
    async logits(x) {
      const { evaluated } = evaluation;
      const count = x.length / features;
      const out = new Float32Array(count * classes);
      for (let first = 0; first < count; first += evaluated) {
        const end = Math.min(first + evaluated, count);
        evaluation.x.fill(0).set(x.subarray(first * features, end * features));
        await evaluation.program.run();
        out.set(evaluation.logits.subarray(0, (end - first) * classes), first * classes);
      }
      return out;
    },
    classifier: () => null,
    async release() {
      await training.program.release();
      await evaluation.program.release();
      await backward?.program.release();
    },
  };
}

/** A learned matrix starts as PyTorch starts a linear layer, that of a cosine head with rows of length one on average. */
function startOf(kind: Kind, { features, classes }: HeadShape, seed: number) {
  const random = new Random(seed, "head");
  const size = classes * features;
  const bound = 1 / Math.sqrt(features);
  const value = kind === "learned" ? random.uniforms(size, bound) : random.normals(size, bound);
  const scale = Float32Array.of(Math.log(99 * (classes - 1)));
  return {
    // The length of its rows does not count in a cosine.
    matrix: parameter("head.matrix", [classes, features], value, kind === "learned"),
    bias: parameter("head.bias", [classes], new Float32Array(classes), false),
    scale: kind === "cosine" ? parameter("head.scale", [1], scale, false) : null,
  };
}

/** The parameters are read where they stand: their inputs have their names. */
function logitsOf(
  kind: Kind,
  graph: Graph,
  rows: number,
  features: number,
  parameters: readonly Parameter[],
) {
  const x = graph.input("x", [rows, features]);
  const inputs = parameters.map(({ name, shape }) => graph.input(name, [...shape]));
  const [matrix, bias, scale] = inputs;
  const logits =
    kind === "learned"
      ? linear(x, matrix, bias)
      : // The scale multiplies the shorter of the two sides.
        addBias(linear(scaled(normalizeRows(x), scale), normalizeRows(matrix)), bias);
  return { x, inputs, logits };
}

async function trainingProgram(
  kind: Kind,
  shape: HeadShape,
  parameters: readonly Parameter[],
  engine: Engine,
) {
  const { rows, features, classes } = shape;
  const graph = new Graph();
  const { x, inputs, logits } = logitsOf(kind, graph, rows, features, parameters);
  const labels = graph.input("labels", [rows], "int64");
  const table = [rows, classes];
  const column = reshape(labels, [rows, 1]);
  const logs = graph.node("LogSoftmax", [logits], table, { axis: 1 });
  const logProbability = graph.node("GatherElements", [logs, column], [rows, 1], { axis: 1 });
  const best = graph.node("ArgMax", [logits], [rows], { axis: 1, keepdims: 0 }, "int64");
  // p − 1 at the label, p elsewhere.
  const probability = graph.node("Exp", [logProbability], [rows, 1]);
  const below = graph.node("Sub", [probability, graph.constant(1)], [rows, 1]);
  const seed = graph.node("ScatterElements", [graph.node("Exp", [logs], table), column, below], table, {
    axis: 1,
  });
  // Of the mean over rows: here there is less to divide than in the seed.
  const mean = (sum: Tensor): Tensor => graph.node("Div", [sum, graph.constant(rows)], sum.shape);
  const [ofX, ...ofParameters] = graph.gradients(logits, seed, [x, ...inputs]).map(mean);
  const buffers = new Buffers(parameters);
  const program = await Program.create(engine, graph, buffers, [logProbability, best, ofX, ...ofParameters]);
  parameters.forEach((one, k) => {
    one.gradient = buffers.array(ofParameters[k]);
  });
  return {
    program,
    ...buffers.arrays({ x, logProbability, ofX }),
    labels: buffers.of(labels) as BigInt64Array,
    best: buffers.of(best) as BigInt64Array,
  };
}

/** From the gradient of the logits. */
async function backwardProgram(
  kind: Kind,
  { rows, features }: HeadShape,
  parameters: readonly Parameter[],
  engine: Engine,
) {
  const graph = new Graph();
  const { x, inputs, logits } = logitsOf(kind, graph, rows, features, parameters);
  const seed = graph.input("gradient of the logits", logits.shape);
  const gradients = graph.gradients(logits, seed, [x, ...inputs]);
  const buffers = new Buffers(parameters);
  const program = await Program.create(engine, graph, buffers, [...new Set(gradients)]);
  const [ofX, ...ofParameters] = gradients.map((gradient) => buffers.array(gradient));
  return { program, ofX, gradients: ofParameters, ...buffers.arrays({ x, seed }) };
}

/** Rows that are classified at a time: as many as come to some megabytes of logits. */
async function evaluationProgram(
  kind: Kind,
  shape: HeadShape,
  parameters: readonly Parameter[],
  engine: Engine,
) {
  const evaluated = Math.max(16, Math.min(256, Math.floor(2 ** 21 / shape.classes)));
  const graph = new Graph();
  const { x, logits } = logitsOf(kind, graph, evaluated, shape.features, parameters);
  const buffers = new Buffers(parameters);
  const program = await Program.create(engine, graph, buffers, [logits]);
  return { program, evaluated, ...buffers.arrays({ x, logits }) };
}
