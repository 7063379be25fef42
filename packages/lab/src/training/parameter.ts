/** What is learned, and the gradient of the loss by it. */
export interface Parameter {
  /** Unique in a model: "trunk.0.weights", "head.scale". Under it the value stands in checkpoints and files. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly value: Float32Array;
  gradient: Float32Array;
  /** Whether weight decay takes hold of it: of matrices and filters, not of biases, scales and norms. */
  readonly decays: boolean;
}

/** What belongs to a model and is not learned by its gradient: running statistics, say. */
export interface Variable {
  readonly name: string;
  readonly shape: readonly number[];
  readonly value: Float32Array;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

export function parameter(
  name: string,
  shape: readonly number[],
  value: Float32Array,
  decays = true,
): Parameter {
  if (value.length !== sizeOf(shape))
    throw new RangeError(`${name} has ${value.length} values, not ${sizeOf(shape)}`);
  return { name, shape, value, gradient: new Float32Array(value.length), decays };
}

export function variable(name: string, shape: readonly number[], fill = 0): Variable {
  return { name, shape, value: new Float32Array(sizeOf(shape)).fill(fill) };
}
