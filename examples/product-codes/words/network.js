// Words before a word: an embedding, one LSTM, a linear layer to the features; dropout behind the first and the last.
import { Graph } from "../engine/graph.js";
import { lstm } from "../engine/lstm.js";
import { linear, multiplyBy } from "../engine/operations.js";
import { Buffers, Program, trainingPrograms } from "../engine/program.js";
import { parameter } from "../heads/parameters.js";

/** @import { Parameter } from "../engine/adam.js" */
/** @import { Random } from "../engine/random.js" */

const DROPOUT = 0.2;

/** @typedef {{ words: number, features: number, steps: number, batch: number, evaluated: number }} Shape `evaluated`: the batch of evaluations */

export class LanguageModel {
  /** @type {Record<string, Parameter>} */
  #named;
  #shape;
  #random;
  #masks;
  #training;
  #evaluation;
  /** @type {Int32Array} */
  #words = new Int32Array(0);

  /**
   * As PyTorch starts its layers.
   * @param {Shape} shape
   * @param {Random} random
   * @param {Awaited<ReturnType<typeof trainingGraph>>} training
   * @param {Awaited<ReturnType<typeof evaluationGraph>>} evaluation
   */
  constructor(shape, random, training, evaluation) {
    this.#training = training;
    this.#evaluation = evaluation;
    const { words, features } = shape;
    const bound = 1 / Math.sqrt(features);
    const uniform = (/** @type {number} */ length) => parameter(random.uniforms(length, bound));
    this.#shape = shape;
    this.#random = random;
    this.#masks = new Float32Array(shape.steps * shape.batch * features);
    this.#named = {
      embedding: parameter(random.normals(words * features)),
      inputs: uniform(4 * features * features),
      hidden: uniform(4 * features * features),
      inputBias: uniform(4 * features),
      hiddenBias: uniform(4 * features),
      weights: uniform(features * features),
      bias: uniform(features),
    };
  }

  /**
   * @param {Shape} shape
   * @param {Random} random
   */
  static async create(shape, random) {
    return new LanguageModel(shape, random, await trainingGraph(shape), await evaluationGraph(shape));
  }

  get parameters() {
    return Object.values(this.#named);
  }

  /** Forgets what was read. */
  restart() {
    for (const { arrays } of [this.#training, this.#evaluation]) {
      arrays.h0.fill(0);
      arrays.c0.fill(0);
    }
  }

  /**
   * Features of the words after the given ones, which go on from those of the last call.
   * @param {Int32Array} words steps × batch
   */
  async forward(words) {
    const { arrays, programs } = this.#training;
    this.#words = words;
    this.#random.dropout(this.#masks, DROPOUT);
    this.#random.dropout(arrays.mask, DROPOUT);
    this.#embed(words, arrays.x);
    for (let i = 0; i < arrays.x.length; i++) arrays.x[i] *= this.#masks[i];
    this.#load(arrays);
    await programs.forward.run();
    return arrays.output;
  }

  /** @param {Float32Array} gradient of the features */
  async backward(gradient) {
    const { arrays, programs, gradients } = this.#training;
    arrays.seed.set(gradient);
    await programs.backward.run();
    for (const [name, array] of Object.entries(gradients))
      if (name !== "x") this.#named[name].gradient = array;
    const { embedding } = this.#named;
    const { features } = this.#shape;
    embedding.gradient.fill(0);
    this.#words.forEach((word, row) => {
      for (let i = 0; i < features; i++) {
        const at = row * features + i;
        embedding.gradient[word * features + i] += gradients.x[at] * this.#masks[at];
      }
    });
    // The next words go on from here; the backward has read where these began.
    arrays.h0.set(arrays.h);
    arrays.c0.set(arrays.c);
  }

  /** @param {Int32Array} words steps × evaluated, without dropout */
  async evaluate(words) {
    const { arrays, program } = this.#evaluation;
    this.#embed(words, arrays.x);
    this.#load(arrays);
    await program.run();
    arrays.h0.set(arrays.h);
    arrays.c0.set(arrays.c);
    return arrays.output;
  }

  /**
   * @param {Int32Array} words
   * @param {Float32Array} out
   */
  #embed(words, out) {
    const { features } = this.#shape;
    const { value } = this.#named.embedding;
    words.forEach((word, row) => {
      out.set(value.subarray(word * features, (word + 1) * features), row * features);
    });
  }

  /** @param {Record<string, Float32Array>} arrays */
  #load(arrays) {
    for (const [name, { value }] of Object.entries(this.#named))
      if (name !== "embedding") arrays[name].set(value);
  }
}

/**
 * @param {Shape} shape
 * @param {number} batch
 */
function network({ features, steps }, batch) {
  const graph = new Graph();
  const gates = 4 * features;
  const parameters = {
    inputs: graph.input("inputs", [gates, features]),
    hidden: graph.input("hidden", [gates, features]),
    inputBias: graph.input("inputBias", [gates]),
    hiddenBias: graph.input("hiddenBias", [gates]),
    weights: graph.input("weights", [features, features]),
    bias: graph.input("bias", [features]),
  };
  const x = graph.input("x", [steps * batch, features]);
  const h0 = graph.input("h0", [batch, features]);
  const c0 = graph.input("c0", [batch, features]);
  const { output, h, c } = lstm(x, parameters, { h: h0, c: c0 }, steps);
  return {
    graph,
    parameters,
    x,
    state: { h0, c0, h, c },
    output: linear(output, parameters.weights, parameters.bias),
  };
}

/** @param {Shape} shape */
async function trainingGraph(shape) {
  const { graph, parameters, x, state, output } = network(shape, shape.batch);
  const mask = graph.input("mask", output.shape);
  const dropped = multiplyBy(output, mask);
  const buffers = new Buffers();
  const { h, c } = state;
  const wanted = { x, ...parameters };
  const programs = await trainingPrograms(graph, buffers, {
    output: dropped,
    also: [h, c],
    wanted: Object.values(wanted),
  });
  return {
    programs,
    arrays: buffers.arrays({ ...wanted, ...state, mask, output: dropped, seed: programs.seed }),
    gradients: buffers.arrays(
      Object.fromEntries(Object.keys(wanted).map((name, k) => [name, programs.gradients[k]])),
    ),
  };
}

/** @param {Shape} shape */
async function evaluationGraph(shape) {
  const { graph, parameters, x, state, output } = network(shape, shape.evaluated);
  const buffers = new Buffers();
  const program = await Program.create(graph, buffers, [output, state.h, state.c]);
  return { program, arrays: buffers.arrays({ x, ...parameters, ...state, output }) };
}
