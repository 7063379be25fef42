/** Values of stored tensors, whatever file they come from. */

export { float16Bits, float16Bytes } from "./half.js";
export {
  BYTES_PER_NUMBER,
  firstBadBias,
  firstNotFinite,
  float32Bytes,
  toFloat32,
  transposed,
} from "./values.js";
