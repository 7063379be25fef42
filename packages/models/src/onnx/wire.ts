import { isUtf8 } from "node:buffer";
import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { ScalarType } from "@bufbuild/protobuf";

/**
 * An empty message takes two bytes of a file and some hundred of memory. No exporter's model needs more than thirty times its size, and
 * what stays below is read.
 */
const MOST_TIMES = 64;
const MOST_FOR_SMALL = 2 ** 26;
const MOST_MEMORY = 1.5 * 2 ** 30;

/** About what objects of V8 take, in bytes. */
const COST = { message: 64, list: 48, text: 48, view: 128, unknown: 256, bigint: 40, number: 12 } as const;

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

interface Shape {
  readonly fields: ReadonlyMap<number, DescField>;
  readonly cost: number;
}

const shapes = new WeakMap<DescMessage, Shape>();

function shapeOf(schema: DescMessage): Shape {
  let shape = shapes.get(schema);
  if (shape === undefined) {
    const lists = schema.fields.filter(({ fieldKind }) => fieldKind === "list").length;
    const fields = new Map(schema.fields.map((field) => [field.number, field]));
    shape = { fields, cost: COST.message + lists * COST.list };
    shapes.set(schema, shape);
  }
  return shape;
}

class Walk {
  private readonly bytes: Uint8Array;
  private readonly budget: number;
  private memory = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.budget = Math.min(MOST_FOR_SMALL + MOST_TIMES * bytes.length, MOST_MEMORY);
  }

  message(schema: DescMessage, from: number, end: number, depth: number): void {
    if (depth > DEEPEST)
      throw new WireFault(`messages stand in each other more than ${DEEPEST} deep at byte ${from}`);
    const { fields, cost } = shapeOf(schema);
    this.spend(cost, from);
    for (let at = from; at < end; ) {
      const start = at;
      const [tag, afterTag] = this.varint(at, end);
      const wireType = tag % 8;
      const field = fields.get(Math.floor(tag / 8));
      if (tag < 8 || tag > 0xffffffff) throw new WireFault(`no field has the tag ${tag} at byte ${start}`);
      if (wireType !== 2) this.spend(field === undefined ? COST.unknown : COST.bigint, at);
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
    if (field === undefined) this.spend(COST.unknown, from);
    else if (field.message !== undefined && field.fieldKind !== "map") {
      this.message(field.message, from, end, depth + 1);
    } else {
      const scalar = scalarOf(field);
      const length = end - from;
      if (scalar === ScalarType.BYTES) this.spend(COST.view, from);
      else if (scalar === ScalarType.STRING) {
        this.spend(COST.text, from);
        if (!isUtf8(this.bytes.subarray(from, end)))
          throw new WireFault(`the text of ${field.name} at byte ${from} is not UTF-8`);
      } else if (scalar === ScalarType.FLOAT) this.spend((COST.number * length) / 4, from);
      else if (scalar === ScalarType.DOUBLE) this.spend((COST.number * length) / 8, from);
      else
        this.spend((scalar === ScalarType.INT32 ? COST.number : COST.bigint) * this.count(from, end), from);
    }
  }

  /** Numbers in a packed list: each ends with a byte below 128. */
  private count(from: number, end: number): number {
    let count = 0;
    for (let at = from; at < end; at++) if (this.bytes[at] < 128) count++;
    return count;
  }

  private spend(bytes: number, at: number): void {
    this.memory += bytes;
    if (this.memory <= this.budget) return;
    throw new WireFault(
      `up to byte ${at} it says more nodes, attributes and lists than a model of ${this.bytes.length} bytes has, and would fill the memory`,
    );
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
