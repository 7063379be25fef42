/** The kinds of numbers that files hold, each kept as it is and made float where it is read. */

export type Values =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

/** What values are written to: float32 for training, float64 where a mean is taken off first. */
export type Floats = Float32Array | Float64Array;

export interface Element {
  readonly name: string;
  readonly bytes: number;
  view(buffer: ArrayBuffer, offset: number, length: number): Values;
  /** Writes `count` values, from `from` on, to `out` from `at` on. */
  decode(values: Values, from: number, count: number, out: Floats, at: number): void;
}

function copied(values: Values, from: number, count: number, out: Floats, at: number): void {
  out.set((values as Float32Array).subarray(from, from + count), at);
}

function fromBigInts(values: Values, from: number, count: number, out: Floats, at: number): void {
  for (let i = 0; i < count; i++) out[at + i] = Number(values[from + i]);
}

/** By a table of all 65,536: 20 times faster than by arithmetic on the bits. */
function lookedUp(toFloat: (bits: number) => number): Element["decode"] {
  let table: Float32Array | undefined;
  return (values, from, count, out, at) => {
    table ??= Float32Array.from({ length: 65_536 }, (_, bits) => toFloat(bits));
    for (let i = 0; i < count; i++) out[at + i] = table[(values as Uint16Array)[from + i]];
  };
}

export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** A bfloat16 is the upper half of a float32. */
export function fromBfloat16(bits: number): number {
  return new Float32Array(Uint32Array.of(bits << 16).buffer)[0];
}

type Constructor = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, offset: number, length: number): Values;
};

const element = (name: string, Type: Constructor, decode: Element["decode"]): Element => ({
  name,
  bytes: Type.BYTES_PER_ELEMENT,
  view: (buffer, offset, length) => new Type(buffer, offset, length),
  decode,
});

export const ELEMENTS = {
  bool: element("bool", Uint8Array, copied),
  uint8: element("uint8", Uint8Array, copied),
  int8: element("int8", Int8Array, copied),
  uint16: element("uint16", Uint16Array, copied),
  int16: element("int16", Int16Array, copied),
  uint32: element("uint32", Uint32Array, copied),
  int32: element("int32", Int32Array, copied),
  uint64: element("uint64", BigUint64Array, fromBigInts),
  int64: element("int64", BigInt64Array, fromBigInts),
  float16: element("float16", Uint16Array, lookedUp(fromHalf)),
  bfloat16: element("bfloat16", Uint16Array, lookedUp(fromBfloat16)),
  float32: element("float32", Float32Array, copied),
  float64: element("float64", Float64Array, copied),
} as const;
