import { float16Table } from "../../numerics/float16.js";
import type { ReducedType } from "../backend.js";

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
