/** A graph in the format of ONNX. */
import onnxProto from "onnx-proto";
import type { Attributes, Constant, Node, Tensor } from "./graph.js";

const { onnx } = onnxProto;
const { AttributeType } = onnx.AttributeProto;
/** As ONNX numbers them. */
const TYPES = { float32: 1, int32: 6, int64: 7, bool: 9 };
const OPSET = 13;

export function encodeModel({
  nodes,
  constants,
  inputs,
  outputs,
}: {
  readonly nodes: readonly Node[];
  readonly constants: readonly Constant[];
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}): Uint8Array {
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
  return onnx.ModelProto.encode(model).finish();
}

const attribute = ([name, value]: [string, Attributes[string]]) =>
  typeof value === "number"
    ? { name, type: AttributeType.INT, i: value }
    : { name, type: AttributeType.INTS, ints: value };

function initializer({ name, data, shape, type }: Constant) {
  const array = type === "int64" ? BigInt64Array.from(data, BigInt) : Float32Array.from(data);
  return { name, dims: shape, dataType: TYPES[type], rawData: new Uint8Array(array.buffer) };
}

const valueInfo = ({ name, shape, type }: Tensor) => ({
  name,
  type: { tensorType: { elemType: TYPES[type], shape: { dim: shape.map((size) => ({ dimValue: size })) } } },
});
