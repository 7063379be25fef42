import type { AttributeProto, NodeProto, TensorProto } from "./onnx_pb.js";

/** Attributes of a node by name, as the operator means them; what is not there is what the caller says. */

function attributeOf(node: NodeProto, name: string): AttributeProto | undefined {
  return node.attribute.find((attribute) => attribute.name === name);
}

export function intOf(node: NodeProto, name: string, otherwise: number): number {
  const attribute = attributeOf(node, name);
  return attribute === undefined ? otherwise : Number(attribute.i);
}

export function floatOf(node: NodeProto, name: string, otherwise: number): number {
  return attributeOf(node, name)?.f ?? otherwise;
}

export function textOf(node: NodeProto, name: string, otherwise: string): string {
  const attribute = attributeOf(node, name);
  return attribute === undefined ? otherwise : Buffer.from(attribute.s).toString();
}

/** Null where the attribute is not there. */
export function intsOf(node: NodeProto, name: string): number[] | null {
  return attributeOf(node, name)?.ints.map(Number) ?? null;
}

export function floatsOf(node: NodeProto, name: string): number[] | null {
  return attributeOf(node, name)?.floats ?? null;
}

export function tensorOf(node: NodeProto, name: string): TensorProto | undefined {
  return attributeOf(node, name)?.t;
}

export function has(node: NodeProto | undefined, name: string): boolean {
  return node !== undefined && attributeOf(node, name) !== undefined;
}
