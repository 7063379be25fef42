/** JSON as the header of a file must be: what JSON.parse forgives, such as a key that is given twice, is an error that says where. */

import { describe } from "../checks.js";

/** A number without sign, fraction and exponent is a bigint, so that no digit is lost and `4.0` is told from `4`. */
export type Json = null | boolean | string | bigint | number | Json[] | ReadonlyMap<string, Json>;

/** Values within values, at most: the limit of serde_json, by which safetensors is defined. */
const MAX_DEPTH = 127;
/** As many digits as the sizes of a file can have; longer numbers are not counted exactly. */
const MAX_DIGITS = 20;

const WORD = /null|true|false/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const INTEGER = /^\d+$/;
const LONE_SURROGATE = /\p{Surrogate}/u;
const WORDS: Record<string, null | boolean> = { null: null, true: true, false: false };
const [QUOTE, BACKSLASH, SPACE] = [0x22, 0x5c, 0x20];
/** Space, line feed, carriage return and tab. */
const WHITE_SPACE = [SPACE, 0x0a, 0x0d, 0x09];

/** @throws RangeError that says what is wrong, and at which character */
export function parseJson(text: string): Json {
  const reader = new Reader(text);
  const value = reader.value();
  reader.end();
  return value;
}

class Reader {
  #at = 0;
  /** How many values the next one stands in, and the keys that lead to it. */
  #depth = 0;
  readonly #path: string[] = [];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  value(): Json {
    this.#skipSpace();
    const first = this.#text[this.#at];
    if (first === '"') return this.#string();
    if (first === "{" || first === "[") {
      if (this.#depth === MAX_DEPTH) throw this.#error(`it nests more than ${MAX_DEPTH} deep`);
      this.#at++;
      this.#depth++;
      const value = first === "{" ? this.#object() : this.#array();
      this.#depth--;
      return value;
    }
    const word = this.#match(WORD);
    return word === "" ? this.#number() : (WORDS[word] as null | boolean);
  }

  end(): void {
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#error("it goes on behind its end");
  }

  #object(): ReadonlyMap<string, Json> {
    const entries = new Map<string, Json>();
    if (this.#found("}")) return entries;
    do {
      this.#skipSpace();
      const start = this.#at;
      const key = this.#string();
      this.#path.push(key);
      if (entries.has(key)) {
        this.#at = start;
        throw this.#error(`it has the key ${this.#path.map(describe).join(".")} a second time`);
      }
      this.#expect(":");
      entries.set(key, this.value());
      this.#path.pop();
    } while (this.#found(","));
    this.#expect("}");
    return entries;
  }

  #array(): Json[] {
    const values: Json[] = [];
    if (this.#found("]")) return values;
    do values.push(this.value());
    while (this.#found(","));
    this.#expect("]");
    return values;
  }

  #string(): string {
    const text = this.#text;
    const start = this.#at;
    this.#expect('"');
    for (;;) {
      const code = text.charCodeAt(this.#at++);
      if (code === QUOTE) break;
      if (code === BACKSLASH) this.#at++;
      // Not a number where the text has ended.
      else if (!(code >= SPACE)) {
        this.#at = Math.min(this.#at - 1, text.length);
        throw this.#error("a string has a control character or no end");
      }
    }
    const quoted = text.slice(start, this.#at);
    if (!quoted.includes("\\")) return quoted.slice(1, -1);
    try {
      const value = JSON.parse(quoted) as string;
      if (!LONE_SURROGATE.test(value)) return value;
    } catch {
      // An escape that there is not, and half a character, are one error.
    }
    this.#at = start;
    throw this.#error("a string has an escape that means no character");
  }

  #number(): number | bigint {
    const digits = this.#match(NUMBER);
    if (digits === "") throw this.#error("a value is missing");
    if (digits.length <= MAX_DIGITS && INTEGER.test(digits)) return BigInt(digits);
    const value = Number(digits);
    if (!Number.isFinite(value)) throw this.#error("a number is out of range");
    return value;
  }

  /** What the pattern finds here; empty where it does not fit. */
  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #skipSpace(): void {
    while (WHITE_SPACE.includes(this.#text.charCodeAt(this.#at))) this.#at++;
  }

  #found(mark: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== mark) return false;
    this.#at++;
    return true;
  }

  #expect(mark: string): void {
    if (!this.#found(mark)) throw this.#error(`expected ${mark}`);
  }

  #error(problem: string): RangeError {
    return new RangeError(`${problem}, at character ${this.#at}`);
  }
}
