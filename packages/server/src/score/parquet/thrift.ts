/**
 * Structures of Thrift's compact protocol, kept as they are: what is not known here goes through unchanged, which libraries that turn
 * them into objects do not promise, as an object does not say how wide its numbers were.
 */
export const I32 = 5;
export const I64 = 6;
export const BINARY = 8;
export const LIST = 9;
export const STRUCT = 12;

const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I16 = 4;
const DOUBLE = 7;
const SET = 10;
const MAP = 11;
const UUID = 13;
const DEEPEST = 64;

export type Value = boolean | number | bigint | Uint8Array | List | Entries | Struct;

/** A list or a set. */
export interface List {
  readonly element: number;
  readonly items: Value[];
}

/** A map. */
interface Entries {
  readonly key: number;
  readonly value: number;
  readonly entries: readonly (readonly [Value, Value])[];
}

/** Its fields by their numbers. */
export class Struct {
  readonly fields = new Map<number, { readonly type: number; readonly value: Value }>();

  static of(...fields: readonly (readonly [id: number, type: number, value: Value])[]): Struct {
    const struct = new Struct();
    for (const [id, type, value] of fields) struct.set(id, type, value);
    return struct;
  }

  set(id: number, type: number, value: Value): void {
    this.fields.set(id, { type, value });
  }

  struct(id: number): Struct | undefined {
    const value = this.fields.get(id)?.value;
    return value instanceof Struct ? value : undefined;
  }

  number(id: number): number | undefined {
    const value = this.fields.get(id)?.value;
    return typeof value === "number" || typeof value === "bigint" ? Number(value) : undefined;
  }

  text(id: number): string | undefined {
    const value = this.fields.get(id)?.value;
    return value instanceof Uint8Array ? Buffer.from(value).toString() : undefined;
  }

  items(id: number): Value[] | undefined {
    const value = this.fields.get(id)?.value;
    return typeof value === "object" && "element" in value ? value.items : undefined;
  }

  structs(id: number): Struct[] {
    return (this.items(id) ?? []).filter((item) => item instanceof Struct);
  }

  /** Another with the same fields, to change some of them. */
  copy(): Struct {
    const copy = new Struct();
    for (const [id, field] of this.fields) copy.fields.set(id, field);
    return copy;
  }
}

/** Reads a structure from the start of some bytes; gives where it ends. */
export function readStruct(bytes: Uint8Array): { struct: Struct; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let result = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = view.getUint8(at++);
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return result;
    }
    throw new RangeError("a number has more than ten bytes");
  };
  const zigzag = (): bigint => {
    const value = varint();
    return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
  };
  const size = (): number => {
    const count = Number(varint());
    // Everything has a byte at least.
    if (count > bytes.length - at) throw new RangeError("a list or text ends behind its end");
    return count;
  };
  const value = (type: number, depth: number): Value => {
    if (depth > DEEPEST) throw new RangeError("structures are nested too deep");
    switch (type) {
      case TRUE:
      case FALSE:
        return type === TRUE;
      case BYTE:
        return view.getInt8(at++);
      case I16:
      case I32:
        return Number(zigzag());
      case I64:
        return zigzag();
      case DOUBLE:
        at += 8;
        return view.getFloat64(at - 8, true);
      case BINARY: {
        const length = size();
        at += length;
        return bytes.subarray(at - length, at);
      }
      case LIST:
      case SET: {
        const head = view.getUint8(at++);
        const element = head & 15;
        const count = head >>> 4 === 15 ? size() : head >>> 4;
        return { element, items: Array.from({ length: count }, () => item(element, depth + 1)) };
      }
      case MAP: {
        const count = size();
        const types = count === 0 ? 0 : view.getUint8(at++);
        const [key, kind] = [types >>> 4, types & 15];
        const entries = Array.from(
          { length: count },
          () => [item(key, depth + 1), item(kind, depth + 1)] as const,
        );
        return { key, value: kind, entries };
      }
      case STRUCT:
        return struct(depth + 1);
      case UUID:
        at += 16;
        return bytes.slice(at - 16, at);
      default:
        throw new RangeError(`a value has a type that there is not (${type})`);
    }
  };
  /** In lists a truth value has a byte; in structures its type says it. */
  const item = (type: number, depth: number): Value =>
    type === TRUE || type === FALSE ? view.getUint8(at++) === TRUE : value(type, depth);
  const struct = (depth: number): Struct => {
    const result = new Struct();
    for (let id = 0; ; ) {
      const head = view.getUint8(at++);
      const type = head & 15;
      if (type === 0) return result;
      id = head >>> 4 === 0 ? Number(zigzag()) : id + (head >>> 4);
      result.set(id, type, value(type, depth));
    }
  };
  return { struct: struct(0), end: at };
}

/** A structure's bytes. */
export function writeStruct(struct: Struct): Uint8Array {
  const bytes: number[] = [];
  const parts: Uint8Array[] = [];
  const flush = (): void => {
    parts.push(Uint8Array.from(bytes));
    bytes.length = 0;
  };
  const varint = (value: bigint): void => {
    let rest = BigInt.asUintN(64, value);
    for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
    bytes.push(Number(rest));
  };
  const zigzag = (value: bigint): void => varint((value << 1n) ^ (value >> 63n));
  const put = (type: number, value: Value): void => {
    switch (type) {
      case TRUE:
      case FALSE:
        return;
      case BYTE:
        bytes.push((value as number) & 255);
        return;
      case I16:
      case I32:
      case I64:
        zigzag(BigInt(value as number | bigint));
        return;
      case DOUBLE: {
        const eight = new Uint8Array(8);
        new DataView(eight.buffer).setFloat64(0, value as number, true);
        bytes.push(...eight);
        return;
      }
      case BINARY:
        varint(BigInt((value as Uint8Array).length));
        flush();
        parts.push(value as Uint8Array);
        return;
      case UUID:
        bytes.push(...(value as Uint8Array));
        return;
      case LIST:
      case SET: {
        const { element, items } = value as List;
        if (items.length < 15) bytes.push((items.length << 4) | element);
        else {
          bytes.push(0xf0 | element);
          varint(BigInt(items.length));
        }
        for (const one of items) putItem(element, one);
        return;
      }
      case MAP: {
        const { key, value: kind, entries } = value as Entries;
        varint(BigInt(entries.length));
        if (entries.length > 0) bytes.push((key << 4) | kind);
        for (const [name, one] of entries) {
          putItem(key, name);
          putItem(kind, one);
        }
        return;
      }
      case STRUCT:
        putStruct(value as Struct);
    }
  };
  const putItem = (type: number, value: Value): void => {
    if (type === TRUE || type === FALSE) bytes.push(value === true ? TRUE : FALSE);
    else put(type, value);
  };
  const putStruct = ({ fields }: Struct): void => {
    let last = 0;
    for (const [id, { type, value }] of [...fields].sort(([a], [b]) => a - b)) {
      if (id - last >= 1 && id - last <= 15) bytes.push(((id - last) << 4) | type);
      else {
        bytes.push(type);
        zigzag(BigInt(id));
      }
      last = id;
      put(type, value);
    }
    bytes.push(0);
  };
  putStruct(struct);
  flush();
  return new Uint8Array(Buffer.concat(parts));
}
