import type { StoredType } from "../last-layer.js";
import { TensorProto_DataType as DataType } from "./onnx_pb.js";

/** Bits of a number of each type; strings have no size. */
const BITS: Readonly<Partial<Record<DataType, number>>> = {
  [DataType.FLOAT]: 32,
  [DataType.UINT8]: 8,
  [DataType.INT8]: 8,
  [DataType.UINT16]: 16,
  [DataType.INT16]: 16,
  [DataType.INT32]: 32,
  [DataType.INT64]: 64,
  [DataType.BOOL]: 8,
  [DataType.FLOAT16]: 16,
  [DataType.DOUBLE]: 64,
  [DataType.UINT32]: 32,
  [DataType.UINT64]: 64,
  [DataType.COMPLEX64]: 64,
  [DataType.COMPLEX128]: 128,
  [DataType.BFLOAT16]: 16,
  [DataType.FLOAT8E4M3FN]: 8,
  [DataType.FLOAT8E4M3FNUZ]: 8,
  [DataType.FLOAT8E5M2]: 8,
  [DataType.FLOAT8E5M2FNUZ]: 8,
  [DataType.UINT4]: 4,
  [DataType.INT4]: 4,
  [DataType.FLOAT4E2M1]: 4,
  [DataType.FLOAT8E8M0]: 8,
};

const STORED: Readonly<Partial<Record<DataType, StoredType>>> = {
  [DataType.FLOAT]: "float32",
  [DataType.FLOAT16]: "float16",
  [DataType.BFLOAT16]: "bfloat16",
  [DataType.DOUBLE]: "float64",
};

/** The number of bytes of so many numbers, or null for a type that is not known. */
export function byteLength(dataType: number, count: number): number | null {
  const bits = BITS[dataType as DataType];
  return bits === undefined ? null : Math.ceil((count * bits) / 8);
}

/** The type of weights, or null for what weights cannot be. */
export function storedTypeOf(dataType: number): StoredType | null {
  return STORED[dataType as DataType] ?? null;
}

export function dataTypeName(dataType: number): string {
  return (DataType[dataType] ?? `type ${dataType}`).toLowerCase();
}
