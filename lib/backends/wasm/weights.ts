import type { GradientBuffers } from "../backend.js";
import { after, type Engine } from "./engine.js";

/** The size in bytes of the structure KeptRows of assembly/weights.ts. */
const KEPT_BYTES = 24;
/** Sums over rows are taken in chunks of this many rows. */
export const CHUNK_ROWS = 32;
/** Floats that the kernel takes at a time. */
const TILE = 16;
/** Bytes of gradients that are in the memory at a time. */
const SLICE_BYTES = 2 ** 18;
const BYTES = 4;

/** The gradient by class vectors, which goes through the memory for every chunk of rows. */
export interface WeightSums {
  /** Address of what the kernels keep of the rows of a chunk. */
  readonly kept: number;
  /** Where other arrays of the call may start. */
  readonly end: number;
  /** Begins a chunk. */
  begin(): void;
  /** Adds what its rows have added. */
  add(): void;
}

export function weightSums(
  engine: Engine,
  { features, classes }: { features: number; classes: number },
  weights: Float32Array,
  chosen: GradientBuffers["weightClasses"],
  kept: number,
): WeightSums {
  const count = chosen?.length ?? classes;
  const stride = Math.ceil(features / TILE) * TILE;
  const step = Math.max(1, Math.floor(SLICE_BYTES / (stride * BYTES)));
  const chosenAt = after(kept, KEPT_BYTES);
  const gradientsAt = after(chosenAt, (chosen?.length ?? 0) * BYTES);
  const featuresAt = after(gradientsAt, count * CHUNK_ROWS * BYTES);
  const sumsAt = after(featuresAt, CHUNK_ROWS * stride * BYTES);
  const end = after(sumsAt, step * stride * BYTES);
  engine.reserve(end);
  weights.fill(0);

  /** Copies the gradients of some classes; where rows fill whole tiles at once. */
  function copy(first: number, until: number, toMemory: boolean): void {
    const rows = stride === features ? 1 : until - first;
    const length = ((until - first) * features) / rows;
    for (let k = 0, at = first * features; k < rows; k++, at += length) {
      const place = sumsAt / BYTES + k * stride;
      if (toMemory) engine.f32.set(weights.subarray(at, at + length), place);
      else weights.set(engine.f32.subarray(place, place + length), at);
    }
  }

  return {
    kept,
    end,
    begin() {
      const chosenOrAll = chosen ? chosenAt : 0;
      engine.i32.set([chosenOrAll, count, gradientsAt, featuresAt, stride, 0], kept / BYTES);
      if (chosen) engine.i32.set(chosen, chosenAt / BYTES);
    },
    add() {
      for (let first = 0; first < count; first += step) {
        const until = Math.min(count, first + step);
        copy(first, until, true);
        engine.kernels.addWeights(kept, first, until - first, sumsAt);
        copy(first, until, false);
      }
    },
  };
}
