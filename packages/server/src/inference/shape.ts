import { InferenceError } from "./errors.js";

/** The elements of a shape. Dimensions are integers from 0; a product beyond what can be counted exactly is refused, even if a 0 follows. */
export function elementsOf(shape: readonly number[], tensor: string): number {
  let elements = 1;
  let isEmpty = false;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0) {
      throw new InferenceError(
        "invalid",
        `input "${tensor}": a dimension is ${size}; it must be an integer from 0`,
      );
    }
    if (size === 0) {
      isEmpty = true;
      continue;
    }
    elements *= size;
    if (elements > Number.MAX_SAFE_INTEGER) {
      throw new InferenceError(
        "invalid",
        `input "${tensor}": the shape [${shape.join(", ")}] has more elements than can be counted`,
      );
    }
  }
  return isEmpty ? 0 : elements;
}

/** Whether a tensor of this shape is one that the metadata allow: −1 stands for any size. */
export function fits(shape: readonly number[], allowed: readonly number[]): boolean {
  if (shape.length !== allowed.length) return false;
  for (let axis = 0; axis < shape.length; axis++) {
    if (allowed[axis] !== -1 && allowed[axis] !== shape[axis]) return false;
  }
  return true;
}
