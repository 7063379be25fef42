import { floatOf, has, intOf, intsOf, tensorOf, textOf } from "./attributes.js";
import type { Constants } from "./constants.js";
import type { GraphIndex } from "./graph-index.js";
import { isStandard } from "./graph-index.js";
import type { NodeProto } from "./onnx_pb.js";
import { elementwise, matrixProduct, padded, reduced } from "./operators.js";
import { product } from "./sizes.js";
import type { Laid } from "./strides.js";
import { axisOf, reshaped, sliced, transposedBy } from "./strides.js";

type Tensor = Laid<Float64Array>;

/** What an operator of the piece is not made for: the piece is then no form that is known. */
class Unknown extends Error {}

/** More numbers than any head has for a few rows; a hostile Expand or Pad ends here. */
const MOST_NUMBERS = 2 ** 24;
const MOST_NODES = 64;

/**
 * Computes a value of a graph in float64 from those that are given, for the few operators that heads of the authors' form are exported
 * to; null where there are others between.
 */
export function evaluate(
  to: string,
  given: ReadonlyMap<string, Tensor>,
  index: GraphIndex,
  constants: Constants,
): Tensor | null {
  const done = new Map(given);
  let nodes = 0;
  const computed = (name: string): Tensor => {
    const known = done.get(name);
    if (known !== undefined) return known;
    const value = compute(name);
    if (value.values.length > MOST_NUMBERS) throw new Unknown();
    done.set(name, value);
    return value;
  };
  const compute = (name: string): Tensor => {
    const stored = constants.stored(name);
    if (stored !== null) return stored;
    const node = index.producer(name);
    if (node === undefined || !isStandard(node) || ++nodes > MOST_NODES) throw new Unknown();
    const result = apply(
      node,
      node.input.map((input) => (input === "" ? null : computed(input))),
    );
    if (result === null) throw new Unknown();
    return result;
  };
  try {
    return computed(to);
  } catch (error) {
    if (error instanceof Unknown) return null;
    throw error;
  }
}

const UNARY: Readonly<Record<string, (value: number) => number>> = {
  Identity: (value) => value,
  Cast: (value) => value,
  Dropout: (value) => value,
  Neg: (value) => -value,
  Abs: Math.abs,
  Sqrt: Math.sqrt,
  Reciprocal: (value) => 1 / value,
};
const BINARY: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sum: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Pow: (a, b) => a ** b,
  Max: Math.max,
  Min: Math.min,
};

function apply(node: NodeProto, inputs: readonly (Tensor | null)[]): Tensor | null {
  const [x, second, third] = inputs;
  if (x === null || x === undefined) return null;
  const list = (at: number, name: string): number[] | null => {
    const input = inputs[at];
    return input === null || input === undefined ? intsOf(node, name) : [...input.values];
  };
  const unary = UNARY[node.opType];
  if (unary !== undefined) return { dims: x.dims, values: x.values.map(unary) };
  const binary = BINARY[node.opType];
  if (binary !== undefined)
    return inputs.length === 2 && second ? elementwise(x, second, binary, MOST_NUMBERS) : null;
  switch (node.opType) {
    case "Clip": {
      const low = second?.values[0] ?? floatOf(node, "min", Number.NEGATIVE_INFINITY);
      const high = third?.values[0] ?? floatOf(node, "max", Number.POSITIVE_INFINITY);
      return { dims: x.dims, values: x.values.map((value) => Math.min(Math.max(value, low), high)) };
    }
    case "ReduceSum":
    case "ReduceSumSquare":
    case "ReduceL2": {
      const square = node.opType !== "ReduceSum";
      const squares = square ? { dims: x.dims, values: x.values.map((value) => value * value) } : x;
      const sum = reduced(squares, list(1, "axes"), intOf(node, "keepdims", 1) !== 0);
      return sum !== null && node.opType === "ReduceL2"
        ? { dims: sum.dims, values: sum.values.map(Math.sqrt) }
        : sum;
    }
    case "LpNormalization":
      return intOf(node, "p", 2) === 2 ? normalised(x, intOf(node, "axis", -1)) : null;
    case "Shape": {
      const start = intOf(node, "start", 0);
      const dims = x.dims.slice(start, has(node, "end") ? intOf(node, "end", 0) : undefined);
      return { dims: [dims.length], values: Float64Array.from(dims) };
    }
    case "ConstantOfShape":
      return expanded({ dims: [], values: Float64Array.of(fillOf(node)) }, [...x.values]);
    case "Expand":
      return second ? expanded(x, [...second.values]) : null;
    case "Transpose":
      return transposedBy(x, intsOf(node, "perm"));
    case "Slice":
      return sliced(x, list(1, "starts"), list(2, "ends"), list(3, "axes"), list(4, "steps"));
    case "Pad":
      return padsWithZeros(node, third)
        ? padded(x, list(1, "pads"), MOST_NUMBERS, inputs[3] ? [...inputs[3].values] : null)
        : null;
    case "Concat":
      return second && inputs.length === 2 ? joined(x, second, intOf(node, "axis", 0)) : null;
    case "Gather":
      return second ? picked(x, second, intOf(node, "axis", 0)) : null;
    case "MatMul":
      return second ? matrixProduct(x, second) : null;
    case "Gemm":
      return second ? gemm(node, x, second, third ?? null) : null;
    default:
      return reshaped(x, node, second ? [...second.values] : null);
  }
}

function normalised(x: Tensor, axis: number): Tensor | null {
  const norms = reduced({ dims: x.dims, values: x.values.map((value) => value * value) }, [axis], true);
  return (
    norms &&
    elementwise(x, norms, (value, square) => (square === 0 ? 0 : value / Math.sqrt(square)), MOST_NUMBERS)
  );
}

/** Not with another number, nor with those of the row itself. */
function padsWithZeros(node: NodeProto, value: Tensor | null | undefined): boolean {
  const number = value ? value.values[0] : floatOf(node, "value", 0);
  return number === 0 && textOf(node, "mode", "constant") === "constant";
}

/** Zero, unless the operator says another number; that is left to who runs the model. */
function fillOf(node: NodeProto): number {
  const value = tensorOf(node, "value");
  return value === undefined || !value.rawData.some((byte) => byte !== 0) ? 0 : Number.NaN;
}

function expanded(x: Tensor, shape: number[]): Tensor | null {
  if (shape.some((size) => !(size >= 0)) || product(shape) > MOST_NUMBERS) return null;
  return elementwise(
    x,
    { dims: shape, values: new Float64Array(product(shape)) },
    (value) => value,
    MOST_NUMBERS,
  );
}

/** Along the last axis only: zeros beside features, or parts of a shape. */
function joined(a: Tensor, b: Tensor, axis: number): Tensor | null {
  const rank = a.dims.length;
  if (rank === 0 || b.dims.length !== rank || axisOf(axis, rank) !== rank - 1) return null;
  const pads = (before: number, after: number): number[] => {
    const list = new Array<number>(2 * rank).fill(0);
    list[rank - 1] = before;
    list[2 * rank - 1] = after;
    return list;
  };
  const left = padded(a, pads(0, b.dims[rank - 1]), MOST_NUMBERS);
  const right = padded(b, pads(a.dims[rank - 1], 0), MOST_NUMBERS);
  return left && right && elementwise(left, right, (x, y) => x + y, MOST_NUMBERS);
}

/** Of a list of sizes only. */
function picked(x: Tensor, which: Tensor, axis: number): Tensor | null {
  if (x.dims.length !== 1 || axis !== 0) return null;
  const values = which.values.map((at) => x.values[at < 0 ? at + x.values.length : at] ?? Number.NaN);
  return { dims: which.dims, values };
}

function gemm(node: NodeProto, a: Tensor, b: Tensor, c: Tensor | null): Tensor | null {
  const left = intOf(node, "transA", 0) === 0 ? a : transposedBy(a, null);
  const right = intOf(node, "transB", 0) === 0 ? b : transposedBy(b, null);
  const result = left && right && matrixProduct(left, right);
  if (!result) return null;
  const alpha = floatOf(node, "alpha", 1);
  const scaled = { dims: result.dims, values: result.values.map((value) => alpha * value) };
  const beta = floatOf(node, "beta", 1);
  return c === null ? scaled : elementwise(scaled, c, (value, bias) => value + beta * bias, MOST_NUMBERS);
}
