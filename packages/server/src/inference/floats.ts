const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const COMMA = 0x2c;
const EXPONENT = 0x65;

/** No float32 with a comma takes more bytes. */
export const BYTES_A_FLOAT = 20;

/** By the exponent bits of a float32: which power of ten makes an integer of seven digits of it, or of eight. */
const SHIFTS = Int8Array.from({ length: 256 }, (_, e) => 6 - Math.floor((e - 127) * Math.LOG10E * Math.LN2));
const POWERS = Float64Array.from({ length: 128 }, (_, i) => Number(`1e${i - 64}`));

/** By the exponent bits: what a decimal may be off to be read as this float32, less what a double rounds off here. */
const HALVES = Float64Array.from({ length: 256 }, (_, e) => 2 ** (e - 151) * (1 - 1e-6));

/**
 * Writes numbers with commas between, each as the shortest decimal that is this float32 for a reader, and returns where they end. NaN and
 * infinities, which JSON does not have, are the strings that protobuf's JSON has for them: numpy and Number() read these as numbers.
 */
export function writeFloats(target: Uint8Array, start: number, values: Float32Array): number {
  const patterns = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let position = start;
  for (let i = 0; i < values.length; i++) {
    if (i > 0) target[position++] = COMMA;
    position = writeFloat(target, position, values[i], patterns[i]);
  }
  return position;
}

/** Each number as such a text; NaN and infinities without quotes. */
export function floatTexts(values: Float32Array): string[] {
  if (values.length === 0) return [];
  const bytes = Buffer.allocUnsafe(values.length * BYTES_A_FLOAT);
  const text = bytes.toString("latin1", 0, writeFloats(bytes, 0, values));
  return text.replaceAll('"', "").split(",");
}

function writeFloat(target: Uint8Array, start: number, value: number, pattern: number): number {
  let position = start;
  const exponent = (pattern >>> 23) & 0xff;
  if (exponent === 0xff) return writeText(target, position, `"${value}"`);
  if (pattern >>> 31) target[position++] = MINUS;
  if ((pattern & 0x7fffffff) === 0) return writeText(target, position, "0.0");
  // Powers of two have a nearer neighbour below than above, and numbers close to zero fewer digits: both are rare.
  if (exponent === 0 || (pattern & 0x7fffff) === 0) return writeRare(target, position, Math.abs(value));

  const size = value < 0 ? -value : value;
  const half = HALVES[exponent];
  let shift = SHIFTS[exponent];
  let digits = 7;
  if (size * POWERS[64 + shift] >= 9999999.5) shift--;
  let integer = Math.round(size * POWERS[64 + shift]);
  if (Math.abs(integer * POWERS[64 - shift] - size) > half) {
    digits = 8;
    integer = Math.round(size * POWERS[64 + ++shift]);
    if (Math.abs(integer * POWERS[64 - shift] - size) > half) {
      digits = 9;
      integer = Math.round(size * POWERS[64 + ++shift]);
    }
  } else {
    // Of seven digits the nearest need not end in 0 where one of six is near enough.
    const shorter = Math.round(size * POWERS[64 + shift - 1]) * 10;
    if (shorter < 1e7 && Math.abs(shorter * POWERS[64 - shift] - size) <= half) integer = shorter;
  }
  return writeDecimal(target, position, integer, digits, digits - 1 - shift);
}

/** integer, which has so many digits, with the point after the first one, times 10^exponent. */
function writeDecimal(
  target: Uint8Array,
  start: number,
  integer: number,
  digits: number,
  exponent: number,
): number {
  let rest = integer | 0;
  let count = digits;
  for (let tenth = (rest / 10) | 0; tenth * 10 === rest && count > 1; tenth = (rest / 10) | 0) {
    rest = tenth;
    count--;
  }
  let position = start;
  if (exponent >= 0 && exponent < 10) {
    const whole = exponent + 1;
    if (count > whole) {
      // 12.34: all digits one place further, then those before the point back
      writeDigits(target, position + 1, rest, count);
      for (let i = 0; i < whole; i++) target[position + i] = target[position + i + 1];
      target[position + whole] = POINT;
      return position + count + 1;
    }
    // 1200.0
    position = writeDigits(target, position, rest, count);
    for (let i = count; i < whole; i++) target[position++] = ZERO;
    target[position++] = POINT;
    target[position++] = ZERO;
    return position;
  }
  if (exponent < 0 && exponent >= -5) {
    // 0.00123
    target[position++] = ZERO;
    target[position++] = POINT;
    for (let i = exponent + 1; i < 0; i++) target[position++] = ZERO;
    return writeDigits(target, position, rest, count);
  }
  // 1.5e-7
  const first = position + 1;
  writeDigits(target, first, rest, count);
  target[position] = target[first];
  target[first] = POINT;
  position = count === 1 ? first : first + count;
  target[position++] = EXPONENT;
  if (exponent < 0) target[position++] = MINUS;
  const size = Math.abs(exponent);
  return writeDigits(target, position, size, size < 10 ? 1 : 2);
}

function writeDigits(target: Uint8Array, start: number, integer: number, count: number): number {
  let rest = integer;
  for (let i = start + count - 1; i >= start; i--) {
    const tenth = (rest / 10) | 0;
    target[i] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
  return start + count;
}

function writeRare(target: Uint8Array, start: number, size: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const text = size.toPrecision(digits);
    if (Math.fround(Number(text)) === size) return writeNumber(target, start, text);
  }
  return writeNumber(target, start, size.toPrecision(9));
}

function writeNumber(target: Uint8Array, start: number, text: string): number {
  const [, integer, exponent] = /^(.*)e(.*)$/.exec(Number(text).toExponential()) as RegExpExecArray;
  const digits = integer.replace(".", "");
  return writeDecimal(target, start, Number(digits), digits.length, Number(exponent));
}

function writeText(target: Uint8Array, start: number, text: string): number {
  for (let i = 0; i < text.length; i++) target[start + i] = text.charCodeAt(i);
  return start + text.length;
}
