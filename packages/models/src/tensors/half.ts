/** Float16 as 65,536 numbers: a look-up is faster than the arithmetic, and right where the arithmetic has cases. */
let table: Float32Array | null = null;

/** The numbers of all float16 bit patterns. */
export function float16Table(): Float32Array {
  table ??= Float32Array.from({ length: 65536 }, (_, bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return sign * (1024 + fraction) * 2 ** (exponent - 25);
  });
  return table;
}

const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);
const HALF_BITS = 0x3f000000;

/** The float16 nearest to a float32, of two the even one; beyond 65,504 infinity. */
export function float16Bits(value: number): number {
  single[0] = value;
  const sign = (singleBits[0] >>> 16) & 0x8000;
  const magnitude = singleBits[0] & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Next to 0.5 a float32 has steps of 2^-24, those of the smallest float16: the addition rounds.
    single[0] = Math.abs(value) + 0.5;
    return sign | (singleBits[0] - HALF_BITS);
  }
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}

/** Numbers as float16, little end first, as files have them. */
export function float16Bytes(values: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(2 * values.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) view.setUint16(2 * i, float16Bits(values[i]), true);
  return bytes;
}
