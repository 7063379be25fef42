/** Numbers of 16 bits with 5 of an exponent and 10 of a fraction. */

const { abs, fround } = Math;

/** Bits of the float16 nearest to the float32 of these bits, and to `value`, which is the same number; ties to even. */
export function float16Bits(bits: number, value: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  if (magnitude < 0x38800000) return sign | denormal(abs(value));
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}

/** A number below 2⁻¹⁴ in units of 2⁻²⁴: the magic number has its last place there. The sum in float64 is exact where it matters. */
const denormal = (magnitude: number): number => (fround(magnitude + 0.5) - 0.5) * 2 ** 24;

/** Whether the number of these bits is neither infinite nor NaN. */
export const isFiniteFloat16 = (bits: number): boolean => (bits & 0x7c00) !== 0x7c00;

/** Value of the float16 with these bits. */
function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

let table: Float32Array | null = null;

/** Values of all float16, by their bits. */
export function float16Table(): Float32Array {
  table ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => float16(bits));
  return table;
}
