import { isUtf8 } from "node:buffer";
import { InferenceError } from "../../inference/errors.js";

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Nothing in the protocol is nested as deep; more would only exhaust the stack. */
const DEEPEST = 32;

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * Reads JSON out of bytes, front to back. JSON.parse cannot be used: it takes a key that is given twice, tells nobody where an element is
 * null, and takes twice the time for a tensor of numbers that tensor.ts does from here.
 */
export class JsonReader {
  position = 0;

  constructor(readonly bytes: Buffer) {}

  /** The next byte that is no white space, not taken; undefined at the end. */
  peek(): number | undefined {
    const { bytes } = this;
    let { position } = this;
    while (isSpace(bytes[position])) position++;
    this.position = position;
    return bytes[position];
  }

  /** Takes an object, each member by `member`, which must take its value. */
  object(what: string, member: (key: string) => void): void {
    this.#take(OPEN_OBJECT, `${what} must be an object`);
    const keys = new Set<string>();
    for (let next = this.peek(); next !== CLOSE_OBJECT; next = this.peek()) {
      if (keys.size > 0) {
        this.#take(COMMA, "expected a comma or }");
        this.peek();
      }
      const key = this.string("a key");
      if (keys.has(key)) this.fail(`${what} has ${JSON.stringify(key)} twice`);
      keys.add(key);
      this.peek();
      this.#take(COLON, "expected a colon");
      member(key);
    }
    this.position++;
  }

  /** Takes an array, each element by `element`, which must take it. */
  array(what: string, element: (index: number) => void): void {
    this.#take(OPEN_ARRAY, `${what} must be an array`);
    for (let index = 0; this.peek() !== CLOSE_ARRAY; index++) {
      if (index > 0) this.#take(COMMA, "expected a comma or ]");
      element(index);
    }
    this.position++;
  }

  string(what: string): string {
    const { bytes } = this;
    this.#take(QUOTE, `${what} must be a string`);
    const start = this.position;
    let isPlain = true;
    let end = start;
    for (; bytes[end] !== QUOTE; end++) {
      const byte = bytes[end];
      if (byte === undefined) this.fail(`${what}: the string does not end`);
      if (byte < 0x20) this.#failAt(end, `${what}: a control character must be escaped`);
      if (byte === BACKSLASH) end++;
      if (byte === BACKSLASH || byte >= 0x80) isPlain = false;
    }
    this.position = end + 1;
    if (isPlain) return bytes.toString("latin1", start, end);
    if (!isUtf8(bytes.subarray(start, end))) this.#failAt(start, `${what}: the string is not UTF-8`);
    try {
      return JSON.parse(bytes.toString("utf8", start - 1, end + 1));
    } catch {
      return this.#failAt(start, `${what}: the string has an escape that there is not`);
    }
  }

  number(what: string): number {
    this.peek();
    const { bytes, position } = this;
    // No number of use is as long; what is longer is an error at its end.
    NUMBER.lastIndex = 0;
    const text = NUMBER.exec(bytes.toString("latin1", position, position + 400))?.[0];
    if (text === undefined) this.fail(`${what} must be a number`);
    this.position += text.length;
    const value = Number(text);
    if (!Number.isFinite(value)) this.#failAt(position, `${what} is too large for a number`);
    return value;
  }

  boolean(what: string): boolean {
    if (this.#literal("true")) return true;
    if (this.#literal("false")) return false;
    return this.fail(`${what} must be true or false`);
  }

  /** Any value. */
  value(what: string, depth = 0): Json {
    if (depth > DEEPEST) this.fail(`${what} is nested deeper than ${DEEPEST}`);
    switch (this.peek()) {
      case QUOTE:
        return this.string(what);
      case OPEN_OBJECT: {
        const members: [string, Json][] = [];
        this.object(what, (key) => members.push([key, this.value(what, depth + 1)]));
        return Object.fromEntries(members);
      }
      case OPEN_ARRAY: {
        const elements: Json[] = [];
        this.array(what, () => elements.push(this.value(what, depth + 1)));
        return elements;
      }
      case 0x74:
      case 0x66:
        return this.boolean(what);
      case 0x6e:
        if (this.#literal("null")) return null;
        return this.fail("expected a value");
      default:
        return this.number(what);
    }
  }

  /** Nothing but white space may follow. */
  finish(): void {
    if (this.peek() !== undefined) this.fail("something follows the object");
  }

  fail(problem: string): never {
    return this.#failAt(this.position, problem);
  }

  #failAt(position: number, problem: string): never {
    throw new InferenceError("invalid", `at byte ${position} of the JSON: ${problem}`);
  }

  #take(byte: number, problem: string): void {
    if (this.peek() !== byte) this.fail(problem);
    this.position++;
  }

  #literal(text: string): boolean {
    this.peek();
    const { bytes, position } = this;
    for (let i = 0; i < text.length; i++) {
      if (bytes[position + i] !== text.charCodeAt(i)) return false;
    }
    this.position += text.length;
    return true;
  }
}

export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
