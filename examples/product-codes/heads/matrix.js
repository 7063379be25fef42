// The two heads that product codes are compared with, in onnxruntime: dense, z = W x + b, and cosine, z = s · ⟨w / ‖w‖, x / ‖x‖⟩ + b.
import { Graph } from "../engine/graph.js";
import { addBias, linear, normalizeRows, reshape, scale } from "../engine/operations.js";
import { Buffers, Program } from "../engine/program.js";

/** @import { Tensor } from "../engine/graph.js" */
/** @import { Head, HeadParameters, HeadShape } from "./parameters.js" */

/**
 * @param {"dense" | "cosine"} kind
 * @param {HeadShape} shape
 * @param {HeadParameters} parameters
 * @returns {Promise<Head>}
 */
export async function matrixHead(kind, shape, parameters) {
  const { matrix, bias } = parameters;
  const given = kind === "dense" ? { matrix, bias } : parameters;
  const training = await lossProgram(kind, shape, shape.rows, true);
  const evaluation = await lossProgram(kind, shape, shape.evaluated, false);

  /**
   * @param {typeof training} program
   * @param {Float32Array} x
   * @param {Int32Array} labels
   */
  async function run({ arrays, program }, x, labels) {
    for (const [name, { value }] of Object.entries(given)) arrays[name].set(value);
    arrays.x.fill(0).set(x);
    arrays.labels.fill(0n).set(BigInt64Array.from(labels, BigInt));
    await program.run();
  }

  return {
    parameters: Object.values(given),
    async step(x, labels) {
      const { arrays } = training;
      await run(training, x, labels);
      for (const [name, { gradient }] of Object.entries(given)) gradient.set(arrays[`gradient of ${name}`]);
      return { loss: -average(arrays.logProbability), gradient: arrays["gradient of x"] };
    },
    async evaluate(x, labels) {
      const { arrays } = evaluation;
      await run(evaluation, x, labels);
      const loss = -labels.reduce((sum, _, row) => sum + arrays.logProbability[row], 0);
      return { loss, correct: labels.filter((label, row) => Number(arrays.best[row]) === label).length };
    },
    async release() {
      await training.program.release();
      await evaluation.program.release();
    },
  };
}

/** @param {Float32Array} values */
const average = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * @param {"dense" | "cosine"} kind
 * @param {HeadShape} shape
 * @param {number} rows
 * @param {boolean} withGradient
 */
async function lossProgram(kind, { features, classes }, rows, withGradient) {
  const graph = new Graph();
  /** @type {Record<string, Tensor>} */
  const inputs = {
    x: graph.input("x", [rows, features]),
    matrix: graph.input("matrix", [classes, features]),
    bias: graph.input("bias", [classes]),
    labels: graph.input("labels", [rows], "int64"),
  };
  const { x, matrix, bias, labels } = inputs;
  let logits;
  if (kind === "dense") {
    logits = linear(x, matrix, bias);
  } else {
    inputs.scale = graph.input("scale", [1]);
    // s multiplies the shorter of the two sides.
    logits = addBias(linear(scale(normalizeRows(x), inputs.scale), normalizeRows(matrix)), bias);
  }
  const table = [rows, classes];
  const column = reshape(labels, [rows, 1]);
  const logs = graph.node("LogSoftmax", [logits], table, { axis: 1 });
  /** @type {Record<string, Tensor>} */
  const outputs = { logProbability: graph.node("GatherElements", [logs, column], [rows, 1], { axis: 1 }) };
  if (withGradient) {
    const p = graph.node("Exp", [logs], table);
    const off = graph.node(
      "Sub",
      [graph.node("Exp", [outputs.logProbability], [rows, 1]), graph.constant(1)],
      [rows, 1],
    );
    const seed = graph.node("ScatterElements", [p, column, off], table, { axis: 1 });
    const wanted = Object.entries(inputs).filter(([name]) => name !== "labels");
    const gradients = graph.gradients(
      logits,
      seed,
      wanted.map(([, tensor]) => tensor),
    );
    // Of the mean over rows: here there is less to divide than in the seed.
    wanted.forEach(([name], k) => {
      outputs[`gradient of ${name}`] = graph.node(
        "Div",
        [gradients[k], graph.constant(rows)],
        gradients[k].shape,
      );
    });
  } else {
    outputs.best = graph.node("ArgMax", [logits], [rows], { axis: 1, keepdims: 0 }, "int64");
  }
  const buffers = new Buffers();
  const program = await Program.create(graph, buffers, Object.values(outputs));
  const arrays = /** @type {Record<string, any>} */ (
    Object.fromEntries(
      Object.entries({ ...inputs, ...outputs }).map(([name, tensor]) => [name, buffers.of(tensor).data]),
    )
  );
  return { program, arrays };
}
