import type { StoredType } from "../last-layer.js";
import { Problem } from "../problem.js";
import { floatOf, floatsOf, has, intOf, intsOf, tensorOf } from "./attributes.js";
import { storedTypeOf } from "./element-types.js";
import { evaluate } from "./evaluate.js";
import type { GraphIndex } from "./graph-index.js";
import { isStandard, labelOf } from "./graph-index.js";
import type { NodeProto, TensorProto } from "./onnx_pb.js";
import { TensorProto_DataType as DataType } from "./onnx_pb.js";
import { product } from "./sizes.js";
import type { Laid } from "./strides.js";
import { reshaped, sliced, transposedBy } from "./strides.js";
import type { TensorReader } from "./tensor-values.js";

/** Numbers that are known without running the model. */
export interface Constant {
  readonly dims: readonly number[];
  readonly values: Float32Array;
  /** The tensor they come from, as the file names it, and how it is stored. */
  readonly source: string;
  readonly storedType: StoredType;
}

/** Operators that change how constants lie, or multiply them by a constant. */
const SHAPING = new Set([
  "Identity",
  "Cast",
  "Reshape",
  "Squeeze",
  "Unsqueeze",
  "Flatten",
  "Transpose",
  "Slice",
]);
const SCALING = new Set(["Neg", "Mul", "Div"]);
/** Operators of weights that are normalised while the model runs, as those of cosine heads and of weight_norm. */
const COMPUTING = new Set([
  "Add",
  "Sub",
  "Pow",
  "Sqrt",
  "Reciprocal",
  "Abs",
  "Max",
  "Clip",
  "Expand",
  "Shape",
  "ReduceL2",
  "ReduceSum",
  "ReduceSumSquare",
  "LpNormalization",
]);
const UNQUANTISING = new Set(["DequantizeLinear", "QuantizeLinear", "DynamicQuantizeLinear"]);

/** What stands between a stored tensor and its use is a handful of operators; each may hold another copy of it. */
const LONGEST_CHAIN = 12;

/** Values of a graph that do not depend on its inputs. */
export class Constants {
  private readonly index: GraphIndex;
  private readonly tensors: TensorReader;
  private readonly path: string;
  private readonly known = new Map<string, boolean>();
  private readonly loaded = new Map<string, Constant>();

  constructor(index: GraphIndex, tensors: TensorReader, path: string) {
    this.index = index;
    this.tensors = tensors;
    this.path = path;
  }

  /** Whether a value is constant; nothing is read for that. */
  has(name: string, chain = LONGEST_CHAIN): boolean {
    const before = this.known.get(name);
    if (before !== undefined) return before;
    const node = this.index.producer(name);
    let constant = this.index.initializers.has(name);
    if (node !== undefined && isStandard(node)) {
      if (node.opType === "Constant") constant = true;
      else if ([SHAPING, SCALING, COMPUTING, UNQUANTISING].some((operators) => operators.has(node.opType)))
        constant =
          chain > 0 &&
          node.input.length > 0 &&
          node.input.every((input) => input === "" || this.has(input, chain - 1));
    }
    this.known.set(name, constant);
    return constant;
  }

  /** The numbers of a constant value; refused where they are quantised or of no type that weights have. */
  load(name: string): Constant {
    const before = this.loaded.get(name);
    if (before !== undefined) return before;
    const constant = this.compute(name);
    this.loaded.set(name, constant);
    return constant;
  }

  /** One number, or null for what is no constant, no number, or more than one. */
  scalar(name: string): number | null {
    if (!this.has(name) || this.count(name) !== 1 || storedTypeOf(this.elementType(name)) === null)
      return null;
    return this.load(name).values[0];
  }

  /** A short list of integers: a shape, axes, the ends of a slice; null for anything else. */
  integers(name: string): number[] | null {
    const tensor = this.index.initializers.get(name);
    if (tensor !== undefined) return this.tensors.integers(tensor);
    const node = this.index.producer(name);
    if (node === undefined || !isStandard(node)) return null;
    if (node.opType === "Constant") {
      const value = tensorOf(node, "value");
      if (value !== undefined) return this.tensors.integers(value);
      if (has(node, "value_int")) return [intOf(node, "value_int", 0)];
      return intsOf(node, "value_ints");
    }
    return SHAPING.has(node.opType) &&
      this.has(name) &&
      node.opType !== "Slice" &&
      node.opType !== "Transpose"
      ? this.integers(node.input[0])
      : null;
  }

  /** The type that a constant has where it is used. */
  elementType(name: string): number {
    const tensor = this.tensorNamed(name);
    if (tensor !== undefined) return tensor.dataType;
    const node = this.index.producer(name);
    if (node === undefined || node.opType === "Constant") return DataType.FLOAT;
    return node.opType === "Cast" ? intOf(node, "to", DataType.FLOAT) : this.elementType(node.input[0]);
  }

  /** The numbers of a tensor that stands in the file, floats or a short list of integers; null for what is computed. */
  stored(name: string): Laid<Float64Array> | null {
    const node = this.index.producer(name);
    const tensor = this.tensorNamed(name);
    if (tensor === undefined && !(node !== undefined && isStandard(node) && node.opType === "Constant"))
      return null;
    if (
      storedTypeOf(this.elementType(name)) !== null &&
      !has(node, "value_int") &&
      !has(node, "value_ints")
    ) {
      const { dims, values } = this.load(name);
      return { dims, values: Float64Array.from(values) };
    }
    const integers = this.integers(name);
    if (integers === null) return null;
    const dims =
      tensor === undefined ? (has(node, "value_int") ? [] : [integers.length]) : this.tensors.dims(tensor);
    return { dims, values: Float64Array.from(integers) };
  }

  /** The values that the numbers of a constant go through, itself first; single numbers, shapes and axes are not among them. */
  partsOf(name: string): string[] {
    const node = this.index.producer(name);
    const from =
      node === undefined || node.opType === "Constant"
        ? []
        : node.input.slice(0, SCALING.has(node.opType) ? 2 : 1);
    return [name, ...from.filter((input) => this.count(input) !== 1).flatMap((input) => this.partsOf(input))];
  }

  private count(name: string): number {
    const tensor = this.tensorNamed(name);
    if (tensor !== undefined) return product(this.tensors.dims(tensor));
    const node = this.index.producer(name);
    if (node === undefined) return -1;
    if (node.opType === "Constant") return floatsOf(node, "value_floats")?.length ?? 1;
    if (COMPUTING.has(node.opType)) return Number.POSITIVE_INFINITY;
    if (node.opType === "Slice") return product(this.load(name).dims);
    return Math.max(
      ...node.input.slice(0, SCALING.has(node.opType) ? 2 : 1).map((input) => this.count(input)),
    );
  }

  private tensorNamed(name: string): TensorProto | undefined {
    const tensor = this.index.initializers.get(name);
    if (tensor !== undefined) return tensor;
    const node = this.index.producer(name);
    return node?.opType === "Constant" ? tensorOf(node, "value") : undefined;
  }

  private compute(name: string): Constant {
    const tensor = this.tensorNamed(name);
    if (tensor !== undefined) {
      const storedType = this.tensors.storedType(tensor);
      return {
        dims: this.tensors.dims(tensor),
        values: this.tensors.floats(tensor),
        source: name,
        storedType,
      };
    }
    const node = this.index.producer(name);
    if (node === undefined) throw new Problem(`${this.path}: "${name}" is no constant`);
    if (node.opType === "Constant") return this.numbersOf(node, name);
    if (UNQUANTISING.has(node.opType)) {
      throw new Problem(
        `${this.path}: the weights "${name}" are quantised (${labelOf(node)}); give the model as it was before quantisation`,
      );
    }
    if (COMPUTING.has(node.opType)) return this.computed(node, name);
    return SCALING.has(node.opType) ? this.scaled(node, name) : this.shaped(node);
  }

  private numbersOf(node: NodeProto, name: string): Constant {
    const list = floatsOf(node, "value_floats");
    if (list === null && !has(node, "value_float"))
      throw new Problem(
        `${this.path}: ${labelOf(node)} holds no numbers that weights can be; export the model again`,
      );
    return {
      dims: list === null ? [] : [list.length],
      values: list === null ? Float32Array.of(floatOf(node, "value_float", 0)) : Float32Array.from(list),
      source: name,
      storedType: "float32",
    };
  }

  private scaled(node: NodeProto, name: string): Constant {
    const [left, right = ""] = node.input;
    if (node.opType === "Neg") return times(this.load(left), -1);
    const factor = this.scalar(right);
    if (factor !== null) return times(this.load(left), node.opType === "Div" ? 1 / factor : factor);
    const other = this.scalar(left);
    return other !== null && node.opType === "Mul"
      ? times(this.load(right), other)
      : this.computed(node, name);
  }

  private computed(node: NodeProto, name: string): Constant {
    const result = evaluate(name, new Map(), this.index, this);
    if (result === null) {
      throw new Problem(
        `${this.path}: ${labelOf(node)} computes weights in a way that is not read; let the exporter fold constants`,
      );
    }
    const from = this.partsOf(name).find((part) => this.tensorNamed(part) !== undefined) ?? name;
    const storedType = storedTypeOf(this.elementType(from)) ?? "float32";
    return { dims: result.dims, values: Float32Array.from(result.values), source: from, storedType };
  }

  private shaped(node: NodeProto): Constant {
    const from = this.load(node.input[0]);
    if (node.opType === "Identity" || node.opType === "Cast") return from;
    const integers = (at: number) => (node.input[at] ? this.integers(node.input[at]) : null);
    let result: Pick<Constant, "dims" | "values"> | null = null;
    if (node.opType === "Transpose") result = transposedBy(from, intsOf(node, "perm"));
    else if (node.opType === "Slice") {
      result = sliced(
        from,
        integers(1) ?? intsOf(node, "starts"),
        integers(2) ?? intsOf(node, "ends"),
        integers(3) ?? intsOf(node, "axes"),
        integers(4),
      );
    } else result = reshaped(from, node, integers(1));
    if (result === null)
      throw new Problem(
        `${this.path}: ${labelOf(node)} does not fit the shape ${from.dims.join("×")} of "${from.source}"; export the model again`,
      );
    return { ...from, ...result };
  }
}

function times(constant: Constant, factor: number): Constant {
  return { ...constant, values: constant.values.map((value) => value * factor) };
}
