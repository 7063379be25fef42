import type { Backend } from "../backend.js";
import { after, type Engine } from "./engine.js";

/** Rows of weights go through the memory in slices of about this size, at least one row. */
const SLICE_BYTES = 2 ** 17;
const BYTES = 4;

/** Rounding to the nearest rows, in the memory of a backend. */
export function nearestRowsOf(engine: Engine): NonNullable<Backend["nearestRows"]> {
  return (weights, features, width, out) => {
    const count = Math.ceil(features / width);
    const step = Math.max(1, Math.floor(SLICE_BYTES / (features * BYTES)));
    const weightsAt = engine.heapStart;
    const outAt = after(weightsAt, step * features * BYTES);
    engine.reserve(after(outAt, step * count));
    engine.owner = null;
    const bytes = new Uint8Array(engine.f32.buffer);
    for (let r = 0; r * features < weights.length; r += step) {
      const slice = weights.subarray(r * features, (r + step) * features);
      engine.f32.set(slice, weightsAt / BYTES);
      const rows = slice.length / features;
      if (!engine.kernels.nearestRows(weightsAt, rows, features, width, outAt)) return false;
      out.set(bytes.subarray(outAt, outAt + rows * count), r * count);
    }
    return true;
  };
}
