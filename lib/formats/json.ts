/** JSON as the header of a file must be: what JSON.parse forgives, such as a key that is given twice, is an error that says where. */

import { describe } from "../checks.js";

/** A number without sign, fraction and exponent is a bigint, so that no digit is lost and `4.0` is told from `4`. */
export type Json = null | boolean | string | bigint | number | Json[] | ReadonlyMap<string, Json>;

/** Values within values, at most: the limit of serde_json, by which safetensors is defined. */
const MAX_DEPTH = 127;
/** As many digits as the sizes of a file can have; longer numbers are not counted exactly. */
const MAX_DIGITS = 20;

const SPACE = /[ \t\n\r]*/y;
const WORD = /null|true|false/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const INTEGER = /^\d+$/;
const LONE_SURROGATE = /\p{Surrogate}/u;
const WORDS: Record<string, null | boolean> = { null: null, true: true, false: false };
const [QUOTE, BACKSLASH, FIRST_PRINTABLE] = [0x22, 0x5c, 0x20];

/** @throws RangeError that says what is wrong, and at which character */
export function parseJson(text: string): Json {
  const reader = new Reader(text);
  const value = reader.value("", 0);
  reader.end();
  return value;
}

class Reader {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** `path` has the keys that lead to the value, `depth` counts the values it stands in. */
  value(path: string, depth: number): Json {
    this.#skip(SPACE);
    const first = this.#text[this.#at];
    if (first === '"') return this.#string();
    if (first === "{" || first === "[") {
      if (depth === MAX_DEPTH) throw this.#error(`it nests more than ${MAX_DEPTH} deep`);
      this.#at++;
      return first === "{" ? this.#object(path, depth + 1) : this.#array(path, depth + 1);
    }
    const word = this.#skip(WORD);
    return word === "" ? this.#number() : (WORDS[word] as null | boolean);
  }

  end(): void {
    this.#skip(SPACE);
    if (this.#at < this.#text.length) throw this.#error("it goes on behind its end");
  }

  #object(path: string, depth: number): ReadonlyMap<string, Json> {
    const entries = new Map<string, Json>();
    if (this.#found("}")) return entries;
    do {
      this.#skip(SPACE);
      const start = this.#at;
      const key = this.#string();
      const whole = path === "" ? describe(key) : `${path}.${describe(key)}`;
      if (entries.has(key)) {
        this.#at = start;
        throw this.#error(`it has the key ${whole} a second time`);
      }
      this.#expect(":");
      entries.set(key, this.value(whole, depth));
    } while (this.#found(","));
    this.#expect("}");
    return entries;
  }

  #array(path: string, depth: number): Json[] {
    const values: Json[] = [];
    if (this.#found("]")) return values;
    do values.push(this.value(path, depth));
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
      else if (!(code >= FIRST_PRINTABLE)) {
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
    const digits = this.#skip(NUMBER);
    if (digits === "") throw this.#error("a value is missing");
    if (digits.length <= MAX_DIGITS && INTEGER.test(digits)) return BigInt(digits);
    const value = Number(digits);
    if (!Number.isFinite(value)) throw this.#error("a number is out of range");
    return value;
  }

  /** What the pattern finds here; empty where it does not fit. */
  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #found(mark: string): boolean {
    this.#skip(SPACE);
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
