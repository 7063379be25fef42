// One linear layer from what is given to the features.
import { Graph } from "../engine/graph.js";
import { linear } from "../engine/operations.js";
import { Buffers, Program, trainingPrograms } from "../engine/program.js";
import { parameter } from "../heads/parameters.js";

/** @import { Network, NetworkShape } from "../classification.js" */
/** @import { Random } from "../engine/random.js" */

/**
 * As PyTorch starts its layer.
 * @param {NetworkShape} shape
 * @param {Random} random
 * @returns {Promise<Network>}
 */
export async function createLinearNetwork({ inputs, features, batch, evaluated }, random) {
  const bound = 1 / Math.sqrt(inputs);
  const weights = parameter(random.uniforms(features * inputs, bound));
  const bias = parameter(random.uniforms(features, bound));
  const training = layer(batch, inputs, features);
  const programs = await trainingPrograms(training.graph, training.buffers, {
    output: training.output,
    wanted: [training.weights, training.bias],
  });
  const [ofWeights, ofBias] = programs.gradients.map((tensor) => training.buffers.array(tensor));
  weights.gradient = ofWeights;
  bias.gradient = ofBias;
  const evaluation = layer(evaluated, inputs, features);
  const program = await Program.create(evaluation.graph, evaluation.buffers, [evaluation.output]);

  /**
   * @param {typeof training} of
   * @param {Float32Array} x
   */
  function load(of, x) {
    of.buffers.array(of.x).fill(0).set(x);
    of.buffers.array(of.weights).set(weights.value);
    of.buffers.array(of.bias).set(bias.value);
  }

  return {
    parameters: [weights, bias],
    async forward(x) {
      load(training, x);
      await programs.forward.run();
      return training.buffers.array(training.output);
    },
    async backward(gradient) {
      training.buffers.array(programs.seed).set(gradient);
      await programs.backward.run();
    },
    async evaluate(x) {
      load(evaluation, x);
      await program.run();
      return evaluation.buffers.array(evaluation.output).subarray(0, (x.length / inputs) * features);
    },
  };
}

/**
 * @param {number} rows
 * @param {number} inputs
 * @param {number} features
 */
function layer(rows, inputs, features) {
  const graph = new Graph();
  const x = graph.input("x", [rows, inputs]);
  const weights = graph.input("weights", [features, inputs]);
  const bias = graph.input("bias", [features]);
  return { graph, buffers: new Buffers(), x, weights, bias, output: linear(x, weights, bias) };
}
