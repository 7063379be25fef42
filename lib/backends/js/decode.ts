import type { ReducedType } from "../backend.js";

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
function float16Table(): Float32Array {
  table ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => float16(bits));
  return table;
}

export function decode(x: Uint16Array | Int8Array, type: ReducedType, out: Float32Array): void {
  if (type === "int8") {
    out.set(x);
  } else if (type === "float16") {
    const values = float16Table();
    for (let i = 0; i < x.length; i++) out[i] = values[x[i] as number] as number;
  } else {
    // A bfloat16 is the upper half of a float32.
    const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
    for (let i = 0; i < x.length; i++) bits[i] = (x[i] as number) << 16;
  }
}
