import { create, toBinary } from "@bufbuild/protobuf";
import type { FixedClassifier } from "fixed-classifier";
import type { ValueInfoProto } from "../../onnx/index.js";
import { ModelProtoSchema, TensorProto_DataType, ValueInfoProtoSchema } from "../../onnx/index.js";
import { type HeadGraphOptions, headGraph } from "./head.js";

/** The version of the format that came with each version of the operators; readers refuse one that is newer than theirs. */
const IR_VERSIONS: Readonly<Record<number, number>> = {
  9: 4,
  10: 5,
  11: 6,
  12: 7,
  13: 7,
  14: 7,
  15: 8,
  16: 8,
  17: 8,
  18: 8,
  19: 9,
  20: 9,
  21: 10,
  22: 10,
  23: 11,
  24: 11,
};

/** A head as an ONNX model by itself: any number of rows of features in, logits out. */
export function headModel(head: FixedClassifier, options: HeadGraphOptions = {}): Uint8Array {
  const { opset = 13, input = "features", output = "logits", type = "float32" } = options;
  const { nodes, initializers } = headGraph(head, options);
  const model = create(ModelProtoSchema, {
    irVersion: BigInt(IR_VERSIONS[opset]),
    producerName: "fixed-classifier-models",
    opsetImport: [{ domain: "", version: BigInt(opset) }],
    graph: {
      name: "head",
      node: nodes,
      initializer: initializers,
      input: [rowsOf(input, head.features, type)],
      output: [rowsOf(output, head.classes, type)],
    },
  });
  return toBinary(ModelProtoSchema, model);
}

function rowsOf(name: string, width: number, type: "float32" | "float16"): ValueInfoProto {
  const elemType = type === "float16" ? TensorProto_DataType.FLOAT16 : TensorProto_DataType.FLOAT;
  return create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: "tensorType",
        value: {
          elemType,
          shape: {
            dim: [
              { value: { case: "dimParam", value: "rows" } },
              { value: { case: "dimValue", value: BigInt(width) } },
            ],
          },
        },
      },
    },
  });
}
