import { create } from "@bufbuild/protobuf";
import type { AttributeProto, NodeProto, TensorProto } from "../../onnx/index.js";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
} from "../../onnx/index.js";
import { float32Bytes } from "../../tensors/index.js";

type Attributes = Readonly<Record<string, number | readonly number[]>>;

/** A piece of an ONNX graph that is written node by node. Values are known by their names. */
export class GraphBuilder {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly opset: number;
  readonly #prefix: string;
  readonly #taken = new Map<string, number>();
  readonly #shared = new Map<string, string>();

  /** @param prefix of all names, so that they differ from those of the graph around */
  constructor(opset: number, prefix: string) {
    this.opset = opset;
    this.#prefix = prefix;
  }

  /** @returns the name of the node's output */
  node(opType: string, input: readonly string[], attributes: Attributes = {}): string {
    const name = this.#name(opType);
    const attribute = Object.entries(attributes).map(attributeOf);
    this.nodes.push(create(NodeProtoSchema, { name, opType, input: [...input], output: [name], attribute }));
    return name;
  }

  /** Gives the value that the last node makes its name in the graph around. */
  output(name: string): void {
    const last = this.nodes.at(-1);
    if (last === undefined) throw new Error("a piece of a graph has at least one node");
    last.output = [name];
  }

  floats(name: string, shape: readonly number[], values: ArrayLike<number>): string {
    return this.#initializer(name, shape, TensorProto_DataType.FLOAT, float32Bytes(values));
  }

  bytes(name: string, shape: readonly number[], values: Uint8Array): string {
    return this.#initializer(name, shape, TensorProto_DataType.UINT8, values);
  }

  /** Shapes, axes and the like: of equal ones there is one. */
  integers(...values: number[]): string {
    return this.shared(`integers ${values}`, () => {
      const bytes = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
      return this.#initializer("integers", [values.length], TensorProto_DataType.INT64, bytes);
    });
  }

  indices(values: ArrayLike<number>): string {
    const bytes = new Uint8Array(Int32Array.from(values).buffer);
    return this.#initializer("indices", [values.length], TensorProto_DataType.INT32, bytes);
  }

  /** A constant that is made once, however often it is asked for. */
  shared(key: string, make: () => string): string {
    const name = this.#shared.get(key) ?? make();
    this.#shared.set(key, name);
    return name;
  }

  /** A size of 0 is that of the value itself at this place. */
  reshape(value: string, shape: readonly number[]): string {
    return this.node("Reshape", [value, this.integers(...shape)]);
  }

  /** Elements from `start` up to `end` along axis 1. */
  slice(value: string, start: number, end: number): string {
    if (this.opset < 10) return this.node("Slice", [value], { axes: [1], starts: [start], ends: [end] });
    return this.node("Slice", [value, this.integers(start), this.integers(end), this.integers(1)]);
  }

  /** Zeros before and behind axis 1 of rows. */
  pad(value: string, before: number, behind: number): string {
    if (before === 0 && behind === 0) return value;
    const pads = [0, before, 0, behind];
    return this.opset < 11
      ? this.node("Pad", [value], { pads })
      : this.node("Pad", [value, this.integers(...pads)]);
  }

  /** ‖x‖₂ of every row, as a column. */
  norm(value: string): string {
    return this.opset < 18
      ? this.node("ReduceL2", [value], { axes: [1], keepdims: 1 })
      : this.node("ReduceL2", [value, this.integers(1)], { keepdims: 1 });
  }

  #initializer(
    name: string,
    shape: readonly number[],
    dataType: TensorProto_DataType,
    rawData: Uint8Array,
  ): string {
    const unique = this.#name(name);
    this.initializers.push(
      create(TensorProtoSchema, { name: unique, dims: shape.map(BigInt), dataType, rawData }),
    );
    return unique;
  }

  #name(what: string): string {
    const count = (this.#taken.get(what) ?? 0) + 1;
    this.#taken.set(what, count);
    return count === 1 ? `${this.#prefix}${what}` : `${this.#prefix}${what}_${count}`;
  }
}

function attributeOf([name, value]: [string, number | readonly number[]]): AttributeProto {
  return typeof value === "number"
    ? create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INT, i: BigInt(value) })
    : create(AttributeProtoSchema, {
        name,
        type: AttributeProto_AttributeType.INTS,
        ints: value.map(BigInt),
      });
}
