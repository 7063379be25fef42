// A BERT encoder of safetensors as an ONNX model in standard operators: token numbers in, a vector of each token out.
import { readFileSync } from "node:fs";
import { create } from "@bufbuild/protobuf";
import {
  floatTensor,
  integerTensor,
  ModelProtoSchema,
  modelPieces,
  nodeOf,
  rawTensor,
  ValueInfoProtoSchema,
} from "#onnx";

const [FLOAT, FLOAT16, INT64] = [1, 10, 7];

/**
 * @param {string} weightsPath float16, names as in the model type "bert" of Hugging Face
 * @param {{ hidden_size: number, num_attention_heads: number, num_hidden_layers: number, layer_norm_eps: number }} config
 * @returns {Uint8Array}
 */
export function bertModel(weightsPath, config) {
  const { hidden_size: width, num_attention_heads: heads } = config;
  const file = readFileSync(weightsPath);
  const start = 8 + Number(file.readBigUInt64LE());
  /** @type {Record<string, { shape: number[], data_offsets: [number, number] }>} */
  const tensors = JSON.parse(file.subarray(8, start).toString());
  /** @type {ReturnType<typeof nodeOf>[]} */
  const nodes = [];
  /** @type {ReturnType<typeof rawTensor>[]} */
  const initializers = [];
  /** @type {Set<string>} */
  const known = new Set();

  /** @type {(opType: string, input: string[], attributes?: Parameters<typeof nodeOf>[3], output?: string) => string} */
  const node = (opType, input, attributes, output = `${opType}_${nodes.length}`) => {
    nodes.push(nodeOf(opType, input, [output], attributes));
    return output;
  };
  /** @param {Parameters<typeof initializers.push>[0]} tensor */
  const constant = (tensor) => {
    if (!known.has(tensor.name)) initializers.push(tensor);
    known.add(tensor.name);
    return tensor.name;
  };
  /** @param {number} value */
  const number = (value) => constant(floatTensor(`number ${value}`, [], [value]));
  /** @param {number[]} values */
  const integers = (...values) => constant(integerTensor(`integers ${values}`, values));
  /** @param {string} name Runtimes make float32 of it when they load the model. */
  const weights = (name) => {
    const { shape, data_offsets } = tensors[name];
    const bytes = file.subarray(start + data_offsets[0], start + data_offsets[1]);
    return node("Cast", [constant(rawTensor(name, shape, FLOAT16, bytes))], { to: BigInt(FLOAT) });
  };
  /** @type {(x: string, name: string) => string} */
  const linear = (x, name) => {
    const turned = node("Transpose", [weights(`${name}.weight`)], { perm: [1n, 0n] });
    return node("Add", [node("MatMul", [x, turned]), weights(`${name}.bias`)]);
  };
  /** @type {(x: string, name: string, output?: string) => string} */
  const normalised = (x, name, output) =>
    node(
      "LayerNormalization",
      [x, weights(`${name}.weight`), weights(`${name}.bias`)],
      { epsilon: config.layer_norm_eps },
      output,
    );

  const words = node("Gather", [weights("embeddings.word_embeddings.weight"), "input_ids"]);
  const types = node("Gather", [weights("embeddings.token_type_embeddings.weight"), "token_type_ids"]);
  const length = node("Slice", [node("Shape", ["input_ids"]), integers(1), integers(2)]);
  const all = weights("embeddings.position_embeddings.weight");
  const places = node("Slice", [all, integers(0), length, integers(0)]);
  let x = normalised(node("Add", [node("Add", [words, types]), places]), "embeddings.LayerNorm");
  // 0 for tokens, a very negative number for padding.
  const attended = node("Cast", ["attention_mask"], { to: BigInt(FLOAT) });
  const masked = node("Mul", [node("Sub", [attended, number(1)]), number(1e9)]);
  const mask = node("Unsqueeze", [masked, integers(1, 2)]);

  for (let l = 0; l < config.num_hidden_layers; l++) {
    const layer = `encoder.layer.${l}`;
    /** @type {(name: string, perm: bigint[]) => string} */
    const split = (name, perm) => {
      const projected = linear(x, `${layer}.attention.self.${name}`);
      return node("Transpose", [node("Reshape", [projected, integers(0, 0, heads, width / heads)])], {
        perm,
      });
    };
    const products = node("MatMul", [split("query", [0n, 2n, 1n, 3n]), split("key", [0n, 2n, 3n, 1n])]);
    const scores = node("Add", [node("Mul", [products, number(1 / Math.sqrt(width / heads))]), mask]);
    const mixed = node("MatMul", [
      node("Softmax", [scores], { axis: -1n }),
      split("value", [0n, 2n, 1n, 3n]),
    ]);
    const joined = node("Reshape", [
      node("Transpose", [mixed], { perm: [0n, 2n, 1n, 3n] }),
      integers(0, 0, width),
    ]);
    const attention = node("Add", [linear(joined, `${layer}.attention.output.dense`), x]);
    x = normalised(attention, `${layer}.attention.output.LayerNorm`);
    const inner = linear(x, `${layer}.intermediate.dense`);
    const erf = node("Erf", [node("Mul", [inner, number(Math.SQRT1_2)])]);
    const half = node("Mul", [inner, number(0.5)]);
    const gelu = node("Mul", [half, node("Add", [erf, number(1)])]);
    const output = node("Add", [linear(gelu, `${layer}.output.dense`), x]);
    const isLast = l === config.num_hidden_layers - 1;
    x = normalised(output, `${layer}.output.LayerNorm`, isLast ? "last_hidden_state" : undefined);
  }

  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [{ domain: "", version: 17n }],
    graph: {
      name: "bert",
      node: nodes,
      initializer: initializers,
      input: ["input_ids", "attention_mask", "token_type_ids"].map((name) => value(name, INT64, [])),
      output: [value("last_hidden_state", FLOAT, [width])],
    },
  });
  return Buffer.concat(modelPieces(model));
}

/**
 * @param {string} name
 * @param {number} elemType
 * @param {number[]} widths behind batch and tokens
 */
function value(name, elemType, widths) {
  /** @type {{ value: { case: "dimParam", value: string } | { case: "dimValue", value: bigint } }[]} */
  const dim = [
    ...["batch", "tokens"].map((of) => ({ value: { case: /** @type {const} */ ("dimParam"), value: of } })),
    ...widths.map((width) => ({ value: { case: /** @type {const} */ ("dimValue"), value: BigInt(width) } })),
  ];
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value: { elemType, shape: { dim } } } },
  });
}
