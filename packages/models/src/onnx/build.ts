import { create } from "@bufbuild/protobuf";
import { float32Bytes } from "../tensors/index.js";
import type { AttributeProto, NodeProto, TensorProto } from "./onnx_pb.js";
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataType as DataType,
  NodeProtoSchema,
  TensorProtoSchema,
} from "./onnx_pb.js";

/** What an attribute may be given as: an integer is a bigint, so that 1 is a float. */
export type AttributeValue = bigint | number | string | readonly bigint[] | readonly number[] | TensorProto;

/** A node of the standard operators. */
export function nodeOf(
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
): NodeProto {
  return create(NodeProtoSchema, {
    opType,
    input: [...input],
    output: [...output],
    name: output[0] ?? "",
    attribute: Object.entries(attributes).map(([name, value]) => attributeOf(name, value)),
  });
}

function attributeOf(name: string, value: AttributeValue): AttributeProto {
  const made = create(AttributeProtoSchema, { name });
  if (typeof value === "bigint") Object.assign(made, { type: AttributeType.INT, i: value });
  else if (typeof value === "number") Object.assign(made, { type: AttributeType.FLOAT, f: value });
  else if (typeof value === "string")
    Object.assign(made, { type: AttributeType.STRING, s: Buffer.from(value) });
  else if ("$typeName" in value) Object.assign(made, { type: AttributeType.TENSOR, t: value });
  else if (typeof value[0] === "number")
    Object.assign(made, { type: AttributeType.FLOATS, floats: [...value] });
  else Object.assign(made, { type: AttributeType.INTS, ints: [...value] });
  return made;
}

/** Numbers as a float32 tensor with raw_data. */
export function floatTensor(name: string, dims: readonly number[], values: ArrayLike<number>): TensorProto {
  return rawTensor(name, dims, DataType.FLOAT, float32Bytes(values));
}

/** A list of integers, or one where dims is empty. */
export function integerTensor(
  name: string,
  values: readonly number[],
  dims: readonly number[] = [values.length],
): TensorProto {
  const bytes = new Uint8Array(8 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) view.setBigInt64(8 * i, BigInt(value), true);
  return rawTensor(name, dims, DataType.INT64, bytes);
}

/** Bytes as a tensor of any type. */
export function rawTensor(
  name: string,
  dims: readonly number[],
  dataType: DataType,
  rawData: Uint8Array,
): TensorProto {
  return create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType, rawData });
}
