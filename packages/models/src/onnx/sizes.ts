import { Problem } from "../problem.js";
import type { TensorProto } from "./onnx_pb.js";

/** The sizes of a tensor's axes, none negative and together a number that can be counted. */
export function dimsOf(tensor: TensorProto, path: string): number[] {
  const dims = tensor.dims.map(Number);
  if (dims.some((dim) => dim < 0) || !Number.isSafeInteger(product(dims) * 16)) {
    throw new Problem(
      `${path}: tensor "${tensor.name}" says its shape is ${dims.join("×")}, which no tensor can have; export the model again`,
    );
  }
  return dims;
}

export function elementCount(tensor: TensorProto, path: string): number {
  return product(dimsOf(tensor, path));
}

export function product(dims: readonly number[]): number {
  return dims.reduce((all, dim) => all * dim, 1);
}
