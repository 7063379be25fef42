// An ONNX model of one dense layer, as exporters write it: Gemm with weights classes × features.
import onnxProto from "onnx-proto";

const { onnx } = onnxProto;
const FLOAT = onnx.TensorProto.DataType.FLOAT;

/** @import { Layer } from "./layer.js" */

/** @param {Float32Array} array */
const bytesOf = ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength);
/** @type {(name: string, dims: number[], data: Float32Array) => object} */
const tensor = (name, dims, data) => ({ name, dims, dataType: FLOAT, rawData: bytesOf(data) });
/** @type {(name: string, dims: (number | string)[]) => object} */
const value = (name, dims) => ({
  name,
  type: {
    tensorType: {
      elemType: FLOAT,
      shape: { dim: dims.map((dim) => (typeof dim === "string" ? { dimParam: dim } : { dimValue: dim })) },
    },
  },
});

/** @param {Layer} layer */
export function onnxModel({ features, classes, weights, bias }) {
  const model = {
    irVersion: 8,
    opsetImport: [{ domain: "", version: 13 }],
    graph: {
      name: "dense",
      node: [
        {
          opType: "Gemm",
          input: ["x", "weights", "bias"],
          output: ["logits"],
          attribute: [{ name: "transB", type: onnx.AttributeProto.AttributeType.INT, i: 1 }],
        },
      ],
      initializer: [tensor("weights", [classes, features], weights), tensor("bias", [classes], bias)],
      input: [value("x", ["rows", features])],
      output: [value("logits", ["rows", classes])],
    },
  };
  return onnx.ModelProto.encode(onnx.ModelProto.fromObject(model)).finish();
}
