// Three convolutions of 3×3 with 32, 64 and 64 channels, each with batch normalisation, ReLU and pooling; a linear layer to the features.
import { Graph } from "../engine/graph.js";
import { batchNormalization, convolution, flatten, linear, maxPool, relu } from "../engine/operations.js";
import { Buffers, Program, trainingPrograms } from "../engine/program.js";
import { parameter } from "../heads/parameters.js";

/** @import { Parameter } from "../engine/adam.js" */
/** @import { Tensor } from "../engine/graph.js" */
/** @import { Random } from "../engine/random.js" */

const SIDE = 28;
const PIXELS = SIDE * SIDE;
const CHANNELS = [32, 64, 64];
/** Of torch.nn.BatchNorm2d. */
const EPSILON = 1e-5;
const MOMENTUM = 0.1;

export class ConvolutionalNetwork {
  /** @type {Parameter[]} */
  parameters = [];
  /** @type {Record<string, Parameter>} */
  #named = {};
  /** @type {{ mean: Float32Array, variance: Float32Array }[]} */
  #running = CHANNELS.map((size) => ({
    mean: new Float32Array(size),
    variance: new Float32Array(size).fill(1),
  }));
  #training;
  #evaluation;

  /**
   * As PyTorch starts its layers. There is no bias before a batch normalisation, which would take it away again.
   * @param {number} features
   * @param {Random} random
   * @param {Awaited<ReturnType<typeof trainingGraph>>} training
   * @param {Awaited<ReturnType<typeof evaluationGraph>>} evaluation
   */
  constructor(features, random, training, evaluation) {
    this.#training = training;
    this.#evaluation = evaluation;
    let inputs = 1;
    CHANNELS.forEach((channels, k) => {
      const fanIn = inputs * 9;
      this.#add(`filters${k}`, random.uniforms(channels * fanIn, 1 / Math.sqrt(fanIn)));
      this.#add(`gamma${k}`, new Float32Array(channels).fill(1));
      this.#add(`beta${k}`, new Float32Array(channels));
      inputs = channels;
    });
    const fanIn = flatSize();
    this.#add("weights", random.uniforms(features * fanIn, 1 / Math.sqrt(fanIn)));
    this.#add("bias", random.uniforms(features, 1 / Math.sqrt(fanIn)));
  }

  /**
   * @param {import("../classification.js").NetworkShape} shape
   * @param {Random} random
   */
  static async create({ features, batch, evaluated }, random) {
    const training = await trainingGraph(batch, features);
    return new ConvolutionalNetwork(features, random, training, await evaluationGraph(evaluated, features));
  }

  /**
   * @param {string} name
   * @param {Float32Array} value
   */
  #add(name, value) {
    this.#named[name] = parameter(value);
    this.parameters.push(this.#named[name]);
  }

  /**
   * Features of a batch of images, of whose statistics it takes note.
   * @param {Float32Array} images
   */
  async forward(images) {
    const { arrays, programs, statistics, batch } = this.#training;
    arrays.images.set(images);
    this.#load(arrays);
    await programs.forward.run();
    let side = SIDE;
    statistics.forEach(({ mean, variance }, k) => {
      const n = batch * side * side;
      const running = this.#running[k];
      blend(running.mean, mean, 1);
      blend(running.variance, variance, n / (n - 1));
      side = Math.floor(side / 2);
    });
    return arrays.output;
  }

  /**
   * The gradients of all parameters.
   * @param {Float32Array} gradient of the features
   */
  async backward(gradient) {
    const { arrays, programs, gradients } = this.#training;
    arrays.seed.set(gradient);
    await programs.backward.run();
    this.parameters.forEach((parameter, k) => {
      parameter.gradient = gradients[k];
    });
  }

  /**
   * Features of up to `evaluated` images by the running statistics.
   * @param {Float32Array} images
   */
  async evaluate(images) {
    const { arrays, program, features } = this.#evaluation;
    arrays.images.fill(0).set(images);
    this.#load(arrays);
    this.#running.forEach(({ mean, variance }, k) => {
      arrays[`mean${k}`].set(mean);
      arrays[`variance${k}`].set(variance);
    });
    await program.run();
    return arrays.output.subarray(0, (images.length / PIXELS) * features);
  }

  /** @param {Record<string, Float32Array>} arrays */
  #load(arrays) {
    for (const [name, { value }] of Object.entries(this.#named)) arrays[name].set(value);
  }
}

/** @type {(running: Float32Array, now: Float32Array, factor: number) => void} */
function blend(running, now, factor) {
  for (let i = 0; i < running.length; i++) running[i] += MOMENTUM * (factor * now[i] - running[i]);
}

const flatSize = () => CHANNELS[CHANNELS.length - 1] * Math.floor(SIDE / 2 ** CHANNELS.length) ** 2;

/**
 * @param {number} batch
 * @param {number} features
 */
function networkInputs(batch, features) {
  const graph = new Graph();
  /** @type {Record<string, Tensor>} */
  const parameters = {};
  CHANNELS.forEach((channels, k) => {
    parameters[`filters${k}`] = graph.input(`filters${k}`, [channels, CHANNELS[k - 1] ?? 1, 3, 3]);
    parameters[`gamma${k}`] = graph.input(`gamma${k}`, [channels]);
    parameters[`beta${k}`] = graph.input(`beta${k}`, [channels]);
  });
  parameters.weights = graph.input("weights", [features, flatSize()]);
  parameters.bias = graph.input("bias", [features]);
  return { graph, images: graph.input("images", [batch, 1, SIDE, SIDE]), parameters };
}

/**
 * @param {number} batch
 * @param {number} features
 */
async function trainingGraph(batch, features) {
  const { graph, images, parameters } = networkInputs(batch, features);
  const normalized = [];
  let x = images;
  for (let k = 0; k < CHANNELS.length; k++) {
    const filtered = convolution(x, parameters[`filters${k}`], k === 0);
    normalized.push(batchNormalization(filtered, parameters[`gamma${k}`], parameters[`beta${k}`], EPSILON));
    // The largest of what is above zero is what is above zero of the largest, and that is a quarter of the work.
    x = relu(maxPool(normalized[k].output));
  }
  const output = linear(flatten(x, [batch, flatSize()]), parameters.weights, parameters.bias);
  const buffers = new Buffers();
  const programs = await trainingPrograms(graph, buffers, {
    output,
    also: normalized.flatMap(({ mean, variance }) => [mean, variance]),
    wanted: Object.values(parameters),
  });
  return {
    batch,
    programs,
    arrays: buffers.arrays({ ...parameters, images, output, seed: programs.seed }),
    gradients: programs.gradients.map((tensor) => buffers.array(tensor)),
    statistics: normalized.map(({ mean, variance }) => buffers.arrays({ mean, variance })),
  };
}

/**
 * @param {number} rows
 * @param {number} features
 */
async function evaluationGraph(rows, features) {
  const { graph, images, parameters } = networkInputs(rows, features);
  /** @type {Record<string, Tensor>} */
  const inputs = { images, ...parameters };
  let x = images;
  for (let k = 0; k < CHANNELS.length; k++) {
    const filtered = convolution(x, parameters[`filters${k}`]);
    inputs[`mean${k}`] = graph.input(`mean${k}`, [CHANNELS[k]]);
    inputs[`variance${k}`] = graph.input(`variance${k}`, [CHANNELS[k]]);
    const given = ["gamma", "beta", "mean", "variance"].map((name) => inputs[name + k]);
    x = relu(maxPool(graph.node("BatchNormalization", [filtered, ...given], filtered.shape)));
  }
  const output = linear(flatten(x, [rows, flatSize()]), parameters.weights, parameters.bias);
  const buffers = new Buffers();
  const program = await Program.create(graph, buffers, [output]);
  /** @type {Record<string, Float32Array>} */
  const arrays = buffers.arrays({ ...inputs, output });
  return { program, features, arrays };
}
