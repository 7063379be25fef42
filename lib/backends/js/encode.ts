import type { HalfType } from "../backend.js";

/** Bits of the float16 nearest to the float32 of these bits, and to `value`, which is the same number; ties to even. */
function float16(bits: number, value: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  if (magnitude < 0x38800000) return sign | denormal(Math.abs(value));
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}

/** A number below 2⁻¹⁴ in units of 2⁻²⁴: the magic number has its last place there. The sum in float64 is exact where it matters. */
const denormal = (magnitude: number): number => (Math.fround(magnitude + 0.5) - 0.5) * 2 ** 24;

export function encode(x: Float32Array, type: HalfType, out: Uint16Array): void {
  const bits = new Int32Array(x.buffer, x.byteOffset, x.length);
  if (type === "float16") {
    for (let i = 0; i < x.length; i++) out[i] = float16(bits[i] as number, x[i] as number);
    return;
  }
  for (let i = 0; i < x.length; i++) {
    const b = bits[i] as number;
    // A bfloat16 is the upper half of a float32.
    out[i] = (b & 0x7fffffff) > 0x7f800000 ? 0x7fc0 : (b + 0x7fff + ((b >>> 16) & 1)) >>> 16;
  }
}
