// Graphs that run, in onnxruntime.
import onnxProto from "onnx-proto";
import ort from "onnxruntime-node";

/** @import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node" */
/** @import { Attributes, Constant, ElementType, Graph, Tensor } from "./graph.js" */
/** @typedef {Record<string, OrtTensor<unknown>>} Feeds */

const { onnx } = onnxProto;
const { AttributeType } = onnx.AttributeProto;
/** As ONNX numbers them. */
const TYPES = { float32: 1, int64: 7, bool: 9 };
const ARRAYS = { float32: Float32Array, int64: BigInt64Array, bool: Uint8Array };
const OPSET = 13;

/** The arrays of tensors that go into programs or come out of them, by name: what one program gives another takes without a copy. */
export class Buffers {
  /** @type {Map<string, OrtTensor<BigInt64Array | Uint8Array | Float32Array>>} */
  #tensors = new Map();

  /** @param {Tensor} tensor */
  of({ name, size, shape, type }) {
    let found = this.#tensors.get(name);
    if (found === undefined) {
      found = new ort.Tensor(type, new ARRAYS[type](size), shape);
      this.#tensors.set(name, found);
    }
    return found;
  }

  /** @param {Tensor} tensor of float32 */
  array(tensor) {
    return /** @type {Float32Array} */ (this.of(tensor).data);
  }

  /**
   * @template {string} K
   * @param {Record<K, Tensor>} tensors of float32
   * @returns {Record<K, Float32Array>}
   */
  arrays(tensors) {
    const entries = Object.entries(tensors).map(([name, tensor]) => [
      name,
      this.array(/** @type {Tensor} */ (tensor)),
    ]);
    return Object.fromEntries(entries);
  }
}

/** Some nodes of a graph, ready to run on one thread. */
export class Program {
  #session;
  #inputs;
  #outputs;

  /** @param {{ session: InferenceSession, inputs: Feeds, outputs: Feeds }} parts */
  constructor({ session, inputs, outputs }) {
    this.#session = session;
    this.#inputs = inputs;
    this.#outputs = outputs;
  }

  /**
   * The nodes from `first` to before `end` that `outputs` need.
   * @param {Graph} graph
   * @param {Buffers} buffers
   * @param {Tensor[]} outputs
   * @param {number} first
   * @param {number} end
   */
  static async create(graph, buffers, outputs, first = 0, end = graph.nodes.length) {
    const needed = new Set(outputs.map(({ name }) => name));
    const nodes = [];
    for (const node of graph.nodes.slice(first, end).toReversed()) {
      if (!node.outputs.some((name) => needed.has(name))) continue;
      nodes.unshift(node);
      for (const name of node.inputs) needed.add(name);
    }
    const made = new Set(nodes.flatMap((node) => node.outputs));
    const constants = graph.constants.filter(({ name }) => needed.has(name));
    for (const { name } of constants) made.add(name);
    const inputs = [...needed].filter((name) => !made.has(name)).map((name) => tensorOf(graph, name));
    const model = onnx.ModelProto.fromObject({
      irVersion: 8,
      opsetImport: [{ domain: "", version: OPSET }],
      graph: {
        name: "training",
        node: nodes.map(({ opType, inputs, outputs, attributes }) => ({
          opType,
          input: inputs,
          output: outputs,
          attribute: Object.entries(attributes).map(attribute),
        })),
        initializer: constants.map(initializer),
        input: inputs.map(valueInfo),
        output: outputs.map(valueInfo),
      },
    });
    const session = await ort.InferenceSession.create(onnx.ModelProto.encode(model).finish(), {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    });
    const feeds = (/** @type {Tensor[]} */ tensors) =>
      Object.fromEntries(tensors.map((tensor) => [tensor.name, buffers.of(tensor)]));
    return new Program({ session, inputs: feeds(inputs), outputs: feeds(outputs) });
  }

  /** Reads and writes the buffers. */
  async run() {
    await this.#session.run(this.#inputs, this.#outputs);
  }

  async release() {
    await this.#session.release();
  }
}

/**
 * The two programs of training: the first computes `output`, the second, from its gradient in `seed`, those of the parameters and, where
 * they are asked for, of the inputs.
 * @param {Graph} graph
 * @param {Buffers} buffers
 * @param {{ output: Tensor, also?: Tensor[], wanted: Tensor[] }} of
 */
export async function trainingPrograms(graph, buffers, { output, also = [], wanted }) {
  const middle = graph.nodes.length;
  const seed = graph.input("gradient of the output", output.shape);
  const gradients = graph.gradients(output, seed, wanted);
  const made = new Set(graph.nodes.slice(0, middle).flatMap((node) => node.outputs));
  const used = new Set(graph.nodes.slice(middle).flatMap((node) => node.inputs));
  const kept = [...made].filter((name) => used.has(name)).map((name) => tensorOf(graph, name));
  const results = [...new Set([output, ...also, ...kept])];
  return {
    seed,
    gradients,
    forward: await Program.create(graph, buffers, results, 0, middle),
    backward: await Program.create(graph, buffers, [...new Set(gradients)], middle),
  };
}

/**
 * @param {Graph} graph
 * @param {string} name
 */
function tensorOf(graph, name) {
  const tensor = graph.tensors.get(name);
  if (tensor === undefined) throw new Error(`the graph has no tensor named ${name}`);
  return tensor;
}

/** @param {[name: string, value: Attributes[string]]} entry */
const attribute = ([name, value]) =>
  Array.isArray(value)
    ? { name, type: AttributeType.INTS, ints: value }
    : { name, type: AttributeType.INT, i: value };

/** @param {Constant} constant */
function initializer({ name, data, shape, type }) {
  const array = type === "int64" ? BigInt64Array.from(data, BigInt) : Float32Array.from(data);
  return { name, dims: shape, dataType: TYPES[type], rawData: new Uint8Array(array.buffer) };
}

/** @param {{ name: string, shape: number[], type: ElementType }} tensor */
const valueInfo = ({ name, shape, type }) => ({
  name,
  type: { tensorType: { elemType: TYPES[type], shape: { dim: shape.map((size) => ({ dimValue: size })) } } },
});
