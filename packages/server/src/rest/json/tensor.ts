import { isSpace, type JsonReader } from "./reader.js";

const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const OPEN = 0x5b;
const CLOSE = 0x5d;

/** No tensor of the protocol has as many dimensions; more would only exhaust the stack. */
export const MOST_DIMENSIONS = 16;

/** So many digits are an exact integer in a double. */
const DIGITS = 15;

/** More than what a number can be off that is cut to fifteen digits, and then multiplied by a power of ten that is rounded. */
const ERROR = 2e-14;

/** Powers of ten as doubles: exact up to 22. */
const POWERS = Float64Array.from({ length: 64 }, (_, exponent) => Number(`1e${exponent}`));
const EXACT = 22;

const SPECIAL: Readonly<Record<string, number>> = { NaN, Infinity, "-Infinity": -Infinity };

export interface JsonTensor {
  readonly values: Float32Array | Float64Array;
  /** The lengths of the arrays in arrays, outermost first; one for a flat array. */
  readonly nesting: readonly number[];
}

/**
 * Takes a tensor's data, flat or in arrays of arrays that are all of one length: numbers, or the strings "NaN", "Infinity" and "-Infinity",
 * which JSON has no numbers for. FP32 becomes the nearest float32 of the nearest double, as by other readers; all else stays double.
 */
export function readTensor(
  reader: JsonReader,
  what: string,
  isSingle: boolean,
  expected: number | undefined,
): JsonTensor {
  return new TensorReader(reader, what, isSingle, expected).read();
}

class TensorReader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #nesting: number[] = [];
  #values: Float32Array | Float64Array;
  #count = 0;

  constructor(
    readonly reader: JsonReader,
    readonly what: string,
    readonly isSingle: boolean,
    expected: number | undefined,
  ) {
    const { bytes } = reader;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    // A number takes two bytes at least, so a shape that promises more than there is costs nothing.
    const most = Math.ceil((this.#bytes.length - reader.position) / 2);
    const capacity = Math.min(most, Math.max(16, expected ?? 1024));
    this.#values = isSingle ? new Float32Array(capacity) : new Float64Array(capacity);
  }

  read(): JsonTensor {
    this.#array(0);
    return { values: this.#values.subarray(0, this.#count), nesting: this.#nesting };
  }

  #array(level: number): void {
    const { reader, what } = this;
    if (level === MOST_DIMENSIONS) reader.fail(`${what} is nested deeper than ${MOST_DIMENSIONS}`);
    if (reader.peek() !== OPEN) {
      reader.fail(level === 0 ? `${what} must be an array` : `${what} has arrays beside numbers`);
    }
    reader.position++;
    let length = 0;
    if (reader.peek() === OPEN) {
      if (this.#nesting.length === level + 1) reader.fail(`${what} has arrays beside numbers`);
      for (let next: number | undefined = COMMA; next === COMMA; next = this.#separator()) {
        this.#array(level + 1);
        length++;
      }
    } else {
      length = this.#numbers();
      if (this.#nesting.length > level + 1) reader.fail(`${what} has numbers beside arrays`);
    }
    this.#nesting[level] ??= length;
    if (this.#nesting[level] !== length) {
      reader.fail(`${what} has an array of ${length} beside one of ${this.#nesting[level]}`);
    }
  }

  #separator(): number {
    const { reader } = this;
    const next = reader.peek();
    if (next !== COMMA && next !== CLOSE) reader.fail(`${this.what}: expected a comma or ]`);
    reader.position++;
    reader.peek();
    return next as number;
  }

  /** Numbers up to the end of their array, and how many there were. The position is past the white space after the bracket. */
  #numbers(): number {
    const { reader } = this;
    const bytes = this.#bytes;
    const before = this.#count;
    let values = this.#values;
    let count = before;
    if (bytes[reader.position] === CLOSE) {
      reader.position++;
      return 0;
    }
    for (let next: number | undefined = COMMA; next === COMMA; ) {
      const value = bytes[reader.position] === QUOTE ? this.#special() : this.#number();
      if (count === values.length) values = this.#grow();
      values[count++] = value;
      let position = reader.position;
      while (isSpace(bytes[position])) position++;
      next = bytes[position];
      reader.position = position;
      if (next === COMMA) {
        position++;
        while (isSpace(bytes[position])) position++;
        reader.position = position;
      } else if (next !== CLOSE) reader.fail(`${this.what}: expected a comma or ]`);
    }
    reader.position++;
    this.#count = count;
    return count - before;
  }

  #number(): number {
    const bytes = this.#bytes;
    const view = this.#view;
    const lastFour = bytes.length - 4;
    const start = this.reader.position;
    let position = start;
    const isNegative = bytes[position] === MINUS;
    if (isNegative) position++;

    const first = position;
    let mantissa = 0;
    let digit = bytes[position] - ZERO;
    for (; digit >= 0 && digit <= 9; digit = bytes[++position] - ZERO) mantissa = mantissa * 10 + digit;
    const whole = position - first;
    if (whole === 0 || (whole > 1 && bytes[first] === ZERO)) this.#refuse(first);

    let exponent = 0;
    // Whether there are more digits than are exact.
    let isCut = whole > DIGITS;
    if (bytes[position] === POINT) {
      const point = ++position;
      if (mantissa === 0) while (bytes[position] === ZERO) position++;
      const end = position + DIGITS - (mantissa === 0 ? 0 : whole);
      // Four digits at a time, as far as there are.
      for (; position + 4 <= end && position <= lastFour; position += 4) {
        const four = view.getInt32(position, true);
        if (!isDigits(four)) break;
        mantissa = mantissa * 10_000 + numberOf(four);
      }
      digit = bytes[position] - ZERO;
      for (; position < end && digit >= 0 && digit <= 9; digit = bytes[++position] - ZERO) {
        mantissa = mantissa * 10 + digit;
      }
      exponent = point - position;
      const cut = position;
      if (position === end) {
        while (position <= lastFour && isDigits(view.getInt32(position, true))) position += 4;
        digit = bytes[position] - ZERO;
      }
      for (; digit >= 0 && digit <= 9; digit = bytes[++position] - ZERO);
      if (position > cut) isCut = true;
      if (position === point) this.#refuse(position);
    }
    if ((bytes[position] | 0x20) === 0x65) {
      const sign = bytes[++position];
      if (sign === MINUS || sign === PLUS) position++;
      const from = position;
      let given = 0;
      for (digit = bytes[position] - ZERO; digit >= 0 && digit <= 9; digit = bytes[++position] - ZERO) {
        given = Math.min(given * 10 + digit, 100_000);
      }
      if (position === from) this.#refuse(position);
      exponent += sign === MINUS ? -given : given;
    }
    this.reader.position = position;
    const value = this.#scaled(mantissa, exponent, isCut, start);
    return isNegative ? -value : value;
  }

  /** mantissa · 10^exponent, or a little more where digits were cut off; the number's text goes from `start` to where the reader is. */
  #scaled(mantissa: number, exponent: number, isCut: boolean, start: number): number {
    if (mantissa === 0 && !isCut) return 0;
    const size = exponent < 0 ? -exponent : exponent;
    if (size < POWERS.length) {
      const value = exponent < 0 ? mantissa / POWERS[size] : mantissa * POWERS[size];
      if (!isCut && size <= EXACT) return this.isSingle ? this.#single(value, start) : value;
      if (this.isSingle) {
        // The exact value lies between the two: where both round alike, it does as well.
        const low = Math.fround(value * (1 - ERROR));
        if (low === Math.fround(value * (1 + ERROR)) && low !== Number.POSITIVE_INFINITY) return low;
      }
    }
    const value = Math.abs(Number(this.#bytes.toString("latin1", start, this.reader.position)));
    if (value === Number.POSITIVE_INFINITY) this.#tooLarge(start);
    return this.isSingle ? this.#single(value, start) : value;
  }

  #single(value: number, start: number): number {
    const single = Math.fround(value);
    if (single === Number.POSITIVE_INFINITY) this.#tooLarge(start);
    return single;
  }

  #special(): number {
    const { reader } = this;
    const start = reader.position;
    const text = reader.string(this.what);
    if (Object.hasOwn(SPECIAL, text)) return SPECIAL[text];
    reader.position = start;
    return reader.fail(
      `${this.what} has the string ${JSON.stringify(text.slice(0, 40))}; only "NaN", "Infinity" and "-Infinity" stand for numbers`,
    );
  }

  #grow(): Float32Array | Float64Array {
    const old = this.#values;
    this.#values = this.isSingle ? new Float32Array(old.length * 2) : new Float64Array(old.length * 2);
    this.#values.set(old);
    return this.#values;
  }

  #tooLarge(start: number): never {
    this.reader.position = start;
    return this.reader.fail(`${this.what} has a number that is too large for its datatype`);
  }

  #refuse(position: number): never {
    this.reader.position = position;
    const byte = this.#bytes[position];
    if (byte === OPEN) this.reader.fail(`${this.what} has arrays beside numbers`);
    if (byte === 0x6e && this.#bytes.toString("latin1", position, position + 4) === "null") {
      this.reader.fail(`${this.what} has null; a number that there is not is the string "NaN"`);
    }
    return this.reader.fail(
      `${this.what} must be numbers; NaN and infinities are the strings "NaN", "Infinity" and "-Infinity", or binary data`,
    );
  }
}

/** Whether four bytes are digits: 0x30 to 0x39 each. */
function isDigits(four: number): boolean {
  return (four & 0xf0f0f0f0) === 0x30303030 && ((four + 0x06060606) & 0xf0f0f0f0) === 0x30303030;
}

/** What four digits are, the first of which is the lowest byte: pairs first, then both. */
function numberOf(four: number): number {
  const digits = four & 0x0f0f0f0f;
  const pairs = (Math.imul(digits, 10) + (digits >>> 8)) & 0x00ff00ff;
  return Math.imul(pairs & 0xff, 100) + (pairs >>> 16);
}
