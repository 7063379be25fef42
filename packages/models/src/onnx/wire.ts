import { isUtf8 } from "node:buffer";
import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { ScalarType } from "@bufbuild/protobuf";

/** A message costs some hundred bytes of memory but two in a file; no model has as many, and a hostile one would fill the memory. */
const MOST_MESSAGES = 4_000_000;
/** Graphs inside attributes of nodes of graphs: four messages a level; real models have three levels. */
const DEEPEST = 90;

/** What is wrong with the bytes, and at which of them. */
export class WireFault extends Error {}

/**
 * Walks over the bytes of a message and everything within it, and makes nothing: lengths, depth and number of messages are known to be
 * sound before a parser allocates for them.
 */
export function checkWire(bytes: Uint8Array, schema: DescMessage): void {
  new Walk(bytes).message(schema, 0, bytes.length, 0);
}

const fieldsOf = new WeakMap<DescMessage, ReadonlyMap<number, DescField>>();

function fieldMap(schema: DescMessage): ReadonlyMap<number, DescField> {
  let map = fieldsOf.get(schema);
  if (map === undefined) {
    map = new Map(schema.fields.map((field) => [field.number, field]));
    fieldsOf.set(schema, map);
  }
  return map;
}

class Walk {
  private readonly bytes: Uint8Array;
  private messages = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  message(schema: DescMessage, from: number, end: number, depth: number): void {
    if (depth > DEEPEST)
      throw new WireFault(`messages stand in each other more than ${DEEPEST} deep at byte ${from}`);
    if (++this.messages > MOST_MESSAGES)
      throw new WireFault(`it has more than ${MOST_MESSAGES} nodes, attributes and tensors`);
    const fields = fieldMap(schema);
    for (let at = from; at < end; ) {
      const start = at;
      const [tag, afterTag] = this.varint(at, end);
      const wireType = tag % 8;
      const field = fields.get(Math.floor(tag / 8));
      if (tag < 8 || tag > 0xffffffff) throw new WireFault(`no field has the tag ${tag} at byte ${start}`);
      if (wireType === 0) at = this.varint(afterTag, end)[1];
      else if (wireType === 1) at = afterTag + 8;
      else if (wireType === 5) at = afterTag + 4;
      else if (wireType === 2) {
        const [length, content] = this.varint(afterTag, end);
        at = content + length;
        if (at > end)
          throw new WireFault(`a field at byte ${start} says ${length} bytes, but ${end - content} are left`);
        this.content(field, content, at, depth);
      } else throw new WireFault(`wire type ${wireType} at byte ${start} is none of ONNX`);
      if (at > end) throw new WireFault(`a field at byte ${start} runs past the end of its message`);
      if (field !== undefined && !fits(field, wireType))
        throw new WireFault(`${schema.name}.${field.name} at byte ${start} is stored as another type`);
    }
  }

  private content(field: DescField | undefined, from: number, end: number, depth: number): void {
    if (field === undefined) return;
    if (field.message !== undefined && field.fieldKind !== "map") {
      this.message(field.message, from, end, depth + 1);
    } else if (scalarOf(field) === ScalarType.STRING && !isUtf8(this.bytes.subarray(from, end))) {
      throw new WireFault(`the text of ${field.name} at byte ${from} is not UTF-8`);
    }
  }

  /** A number of at most ten bytes and where it ends; exact up to 2^53, more than any tag or length may be. */
  private varint(from: number, end: number): [number, number] {
    let value = 0;
    for (let i = 0, unit = 1; i < 10 && from + i < end; i++, unit *= 128) {
      const byte = this.bytes[from + i];
      value += (byte & 127) * unit;
      if (byte < 128) return [value, from + i + 1];
    }
    throw new WireFault(`a number at byte ${from} does not end`);
  }
}

function scalarOf(field: DescField): ScalarType | undefined {
  return field.fieldKind === "scalar" || (field.fieldKind === "list" && field.listKind === "scalar")
    ? field.scalar
    : undefined;
}

/** Numbers may be packed or not, whatever the schema says. */
function fits(field: DescField, wireType: number): boolean {
  const scalar = scalarOf(field);
  if (field.message !== undefined || scalar === ScalarType.STRING || scalar === ScalarType.BYTES)
    return wireType === 2;
  if (wireType === 2) return field.fieldKind === "list";
  if (scalar === ScalarType.FLOAT) return wireType === 5;
  if (scalar === ScalarType.DOUBLE) return wireType === 1;
  return wireType === 0;
}
