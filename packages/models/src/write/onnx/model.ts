import { create, toBinary } from "@bufbuild/protobuf";
import type { FixedClassifier } from "fixed-classifier";
import type { ValueInfoProto } from "../../onnx/index.js";
import {
  ModelProtoSchema,
  PRODUCER,
  TensorProto_DataType,
  ValueInfoProtoSchema,
  withClassNames,
} from "../../onnx/index.js";
import { chainGraph } from "./chain.js";
import { type HeadGraphOptions, headGraph } from "./head.js";

/** The version of the format that came with versions of the operators, those from `opset` on; readers refuse one that is newer than theirs. */
const IR_VERSIONS: readonly { readonly opset: number; readonly ir: number }[] = [
  { opset: 23, ir: 11 },
  { opset: 21, ir: 10 },
  { opset: 19, ir: 9 },
  { opset: 15, ir: 8 },
  { opset: 12, ir: 7 },
  { opset: 11, ir: 6 },
  { opset: 10, ir: 5 },
  { opset: 9, ir: 4 },
];

export interface HeadModelOptions extends HeadGraphOptions {
  /** The names of the classes, for the model's metadata. */
  readonly classNames?: readonly string[] | null;
}

/**
 * A head as an ONNX model by itself: any number of rows of features in, logits out.
 *
 * @param adapter a linear layer before it, kept as a head "learned"; default: none
 */
export function headModel(
  head: FixedClassifier,
  options: HeadModelOptions = {},
  adapter: FixedClassifier | null = null,
): Uint8Array {
  const { opset = 13, input = "features", output = "logits", type = "float32", classNames = null } = options;
  const { nodes, initializers } =
    adapter === null ? headGraph(head, options) : chainGraph(adapter, head, options);
  const model = create(ModelProtoSchema, {
    irVersion: BigInt(IR_VERSIONS.find((version) => version.opset <= opset)?.ir ?? 4),
    producerName: PRODUCER,
    opsetImport: [{ domain: "", version: BigInt(opset) }],
    graph: {
      name: "head",
      node: [...nodes],
      initializer: [...initializers],
      input: [rowsOf(input, (adapter ?? head).features, type)],
      output: [rowsOf(output, head.classes, type)],
    },
  });
  const named = classNames === null ? model : withClassNames(model, classNames, head.classes);
  return toBinary(ModelProtoSchema, named);
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
