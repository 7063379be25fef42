import type { StoredType } from "../last-layer.js";
import { Problem } from "../problem.js";
import { BYTES_PER_NUMBER, toFloat32 } from "../tensors/index.js";
import { byteLength, dataTypeName, storedTypeOf } from "./element-types.js";
import type { ExternalData } from "./external-data.js";
import type { TensorProto } from "./onnx_pb.js";
import { TensorProto_DataLocation as DataLocation, TensorProto_DataType as DataType } from "./onnx_pb.js";
import { dimsOf, product } from "./sizes.js";

/** Shapes, axes and the like are short; a longer list of integers is data. */
const MOST_INTEGERS = 4096;

/** Reads the numbers of a model's tensors, wherever they are kept; sizes are compared before anything is allocated. */
export class TensorReader {
  private readonly path: string;
  private readonly external: ExternalData;

  constructor(path: string, external: ExternalData) {
    this.path = path;
    this.external = external;
  }

  dims(tensor: TensorProto): number[] {
    return dimsOf(tensor, this.path);
  }

  /** The type in which weights are stored; refused for one that weights cannot have. */
  storedType(tensor: TensorProto): StoredType {
    const type = storedTypeOf(tensor.dataType);
    if (type !== null) return type;
    throw this.problem(
      tensor,
      `holds ${dataTypeName(tensor.dataType)} numbers, and weights are read from float32, float16, bfloat16 or float64; ` +
        "give the model as it was before it was quantised or cast",
    );
  }

  floats(tensor: TensorProto): Float32Array {
    const type = this.storedType(tensor);
    const count = product(this.dims(tensor));
    const typed = this.typedFloats(tensor, type);
    if (typed !== null) {
      if (typed.length !== count) throw this.wrongLength(tensor, typed.length, count);
      return typed;
    }
    return toFloat32(this.bytes(tensor, count), type);
  }

  /** A short list of integers; null for tensors that are none. */
  integers(tensor: TensorProto): number[] | null {
    const count = product(this.dims(tensor));
    const wide = tensor.dataType === DataType.INT64;
    if ((!wide && tensor.dataType !== DataType.INT32) || count > MOST_INTEGERS) return null;
    const typed = wide ? tensor.int64Data : tensor.int32Data;
    if (typed.length > 0) {
      if (typed.length !== count) throw this.wrongLength(tensor, typed.length, count);
      return typed.map(Number);
    }
    const bytes = this.bytes(tensor, count);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Array.from({ length: count }, (_, i) =>
      wide ? Number(view.getBigInt64(8 * i, true)) : view.getInt32(4 * i, true),
    );
  }

  private bytes(tensor: TensorProto, count: number): Uint8Array {
    const expected = byteLength(tensor.dataType, count) ?? 0;
    const bytes = tensor.dataLocation === DataLocation.EXTERNAL ? this.external.read(tensor) : tensor.rawData;
    if (bytes.length === expected) return bytes;
    throw this.problem(
      tensor,
      `has ${bytes.length} bytes, but its shape ${tensor.dims.join("×")} takes ${expected}; export the model again`,
    );
  }

  /** Numbers in fields of their type: float16 and bfloat16 as bits in integers. */
  private typedFloats(tensor: TensorProto, type: StoredType): Float32Array | null {
    if (type === "float32") return tensor.floatData.length > 0 ? Float32Array.from(tensor.floatData) : null;
    if (type === "float64") return tensor.doubleData.length > 0 ? Float32Array.from(tensor.doubleData) : null;
    if (tensor.int32Data.length === 0) return null;
    const bits = new DataView(new ArrayBuffer(tensor.int32Data.length * BYTES_PER_NUMBER[type]));
    for (const [i, value] of tensor.int32Data.entries()) bits.setUint16(2 * i, value, true);
    return toFloat32(new Uint8Array(bits.buffer), type);
  }

  private wrongLength(tensor: TensorProto, found: number, count: number): Problem {
    return this.problem(
      tensor,
      `has ${found} numbers, but its shape ${tensor.dims.join("×")} takes ${count}; export the model again`,
    );
  }

  private problem(tensor: TensorProto, what: string): Problem {
    return new Problem(`${this.path}: tensor "${tensor.name}" ${what}`);
  }
}
