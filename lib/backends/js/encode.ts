import { float16Bits } from "../../numerics/float16.js";
import type { HalfType } from "../backend.js";

export function encode(x: Float32Array, type: HalfType, out: Uint16Array): void {
  const bits = new Int32Array(x.buffer, x.byteOffset, x.length);
  if (type === "float16") {
    for (let i = 0; i < x.length; i++) out[i] = float16Bits(bits[i] as number, x[i] as number);
    return;
  }
  for (let i = 0; i < x.length; i++) {
    const b = bits[i] as number;
    // A bfloat16 is the upper half of a float32.
    out[i] = (b & 0x7fffffff) > 0x7f800000 ? 0x7fc0 : (b + 0x7fff + ((b >>> 16) & 1)) >>> 16;
  }
}
