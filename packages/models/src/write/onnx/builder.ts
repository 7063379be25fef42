import type { AttributeValue, NodeProto, TensorProto } from "../../onnx/index.js";
import { floatTensor, integerTensor, nodeOf, rawTensor, TensorProto_DataType } from "../../onnx/index.js";

/** A piece of an ONNX graph that is written node by node. Values are known by their names. */
export class GraphBuilder {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly opset: number;
  readonly #taken = new Map<string, number>();
  readonly #shared = new Map<string, string>();

  /** @param taken names of the graph around */
  constructor(opset: number, taken: readonly string[]) {
    this.opset = opset;
    for (const name of taken) this.#taken.set(name, 1);
  }

  /** @returns the name of the node's output */
  node(
    opType: string,
    input: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): string {
    const name = this.#name(opType);
    this.nodes.push(nodeOf(opType, input, [name], attributes));
    return name;
  }

  /** Gives the value that the last node makes its name in the graph around. */
  output(name: string): void {
    const last = this.nodes.at(-1);
    if (last === undefined) throw new Error("a piece of a graph has at least one node");
    last.output = [name];
  }

  floats(name: string, shape: readonly number[], values: ArrayLike<number>): string {
    return this.#initializer(floatTensor(this.#name(name), shape, values));
  }

  bytes(name: string, values: Uint8Array): string {
    return this.#initializer(
      rawTensor(this.#name(name), [values.length], TensorProto_DataType.UINT8, values),
    );
  }

  /** Shapes, axes and the like: of equal ones there is one. */
  integers(...values: number[]): string {
    return this.shared(`integers ${values}`, () =>
      this.#initializer(integerTensor(this.#name("integers"), values)),
    );
  }

  indices(values: ArrayLike<number>): string {
    const bytes = new Uint8Array(4 * values.length);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < values.length; i++) view.setInt32(4 * i, values[i], true);
    return this.#initializer(
      rawTensor(this.#name("indices"), [values.length], TensorProto_DataType.INT32, bytes),
    );
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
    if (this.opset < 10)
      return this.node("Slice", [value], { axes: [1n], starts: [BigInt(start)], ends: [BigInt(end)] });
    return this.node("Slice", [value, this.integers(start), this.integers(end), this.integers(1)]);
  }

  /** Zeros before and behind axis 1 of rows. */
  pad(value: string, before: number, behind: number): string {
    if (before === 0 && behind === 0) return value;
    const pads = [0, before, 0, behind];
    return this.opset < 11
      ? this.node("Pad", [value], { pads: pads.map(BigInt) })
      : this.node("Pad", [value, this.integers(...pads)]);
  }

  /** ‖x‖₂ of every row, as a column. */
  norm(value: string): string {
    return this.opset < 18
      ? this.node("ReduceL2", [value], { axes: [1n], keepdims: 1n })
      : this.node("ReduceL2", [value, this.integers(1)], { keepdims: 1n });
  }

  #initializer(tensor: TensorProto): string {
    this.initializers.push(tensor);
    return tensor.name;
  }

  #name(what: string): string {
    const count = (this.#taken.get(what) ?? 0) + 1;
    this.#taken.set(what, count);
    return count === 1 ? what : this.#name(`${what}_${count}`);
  }
}
