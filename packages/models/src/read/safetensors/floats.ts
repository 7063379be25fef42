import type { StoredTensor } from "../../containers/safetensors.js";
import type { StoredType } from "../../last-layer.js";
import { Problem } from "../../problem.js";
import { toFloat32 } from "../../tensors/index.js";
import type { Floats } from "../candidate.js";

const TYPES: Readonly<Record<string, StoredType>> = {
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
  F64: "float64",
};

/** A tensor as numbers; what is quantised is refused only when it is read, so that other layers of the file can be. */
export function floatsOf({ name, shape, dtype, at, length, source }: StoredTensor): Floats {
  const type = TYPES[dtype];
  return {
    name,
    shape,
    type: type ?? "float32",
    read() {
      if (type === undefined) {
        throw new Problem(
          `${source.path}: ${name} is ${dtype}, quantised; take the model in F32, F16 or BF16`,
        );
      }
      return toFloat32(source.read(at, length), type);
    },
  };
}
