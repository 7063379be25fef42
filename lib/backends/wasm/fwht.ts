import type { Backend, TransformArray } from "../backend.js";
import { after, type Engine } from "./engine.js";

/** Rows go through the memory in slices of this size, which a second-level cache holds; a longer row is a slice of its own … */
const BATCH_BYTES = 2 ** 18;

/** … up to this size, and in pieces beyond. */
const SLICE_BYTES = 2 ** 20;

/** Up to this many elements a loop beats the calls that copy. */
const LOOP_LENGTH = 16;

/** The kernels of one type of elements. */
interface Kind {
  readonly bytes: number;
  memory(): TransformArray;
  transform(x: number, n: number, rows: number): void;
  columns(x: number, n: number, width: number): void;
  scale(x: number, length: number, factor: number): void;
}

export function createTransform(engine: Engine): Pick<Backend, "fwht" | "plan"> {
  const kinds = kindsOf(engine);
  const { base } = engine;
  let part: TransformArray = new Float32Array();

  /** The first elements of the slice; the view is kept, for calls are often alike. */
  function slice(memory: TransformArray, start: number, length: number): TransformArray {
    if (part.length !== length || part.buffer !== memory.buffer || part.constructor !== memory.constructor) {
      part = memory.subarray(start, start + length);
    }
    return part;
  }

  /** Whole rows of `n`, as many as fit into a slice. */
  function short(kind: Kind, x: TransformArray, n: number, factor: number): void {
    const most = Math.min(x.length, Math.max(n, BATCH_BYTES / kind.bytes));
    engine.reserve(after(base, most * kind.bytes));
    const memory = kind.memory();
    const at = base / kind.bytes;
    for (let start = 0; start < x.length; start += most) {
      const length = Math.min(most, x.length - start);
      if (length <= LOOP_LENGTH) {
        for (let i = 0; i < length; i++) memory[at + i] = x[start + i] as number;
      } else {
        memory.set(length === x.length ? x : x.subarray(start, start + length), at);
      }
      kind.transform(base, n, length / n);
      if (factor !== 1) kind.scale(base, length, factor);
      if (length <= LOOP_LENGTH) {
        for (let i = 0; i < length; i++) x[start + i] = memory[at + i] as number;
      } else {
        x.set(slice(memory, at, length), start);
      }
    }
  }

  /**
   * Rows larger than a slice: the first stages combine pieces of the row, whatever the column, so they are done on as many
   * columns of all pieces as fit; the pieces are then rows of their own. The memory needed does not depend on the row.
   */
  function long(kind: Kind, x: TransformArray, n: number, factor: number): void {
    const piece = SLICE_BYTES / kind.bytes;
    const pieces = n / piece;
    const width = piece / pieces;
    engine.reserve(after(base, SLICE_BYTES));
    const memory = kind.memory();
    const at = base / kind.bytes;
    const parts: TransformArray[] = [];
    for (let k = 0; k < pieces; k++) parts.push(memory.subarray(at + k * width, at + (k + 1) * width));
    for (let row = 0; row < x.length; row += n) {
      for (let column = row; column < row + piece; column += width) {
        parts.forEach((part, k) => {
          part.set(x.subarray(column + k * piece, column + k * piece + width));
        });
        kind.columns(base, piece, width);
        parts.forEach((part, k) => {
          x.set(part, column + k * piece);
        });
      }
    }
    short(kind, x, piece, factor);
  }

  function fwht(x: TransformArray, n: number, factor: number): void {
    run(kinds[x[Symbol.toStringTag]], x, n, factor);
  }

  function run(kind: Kind, x: TransformArray, n: number, factor: number): void {
    engine.owner = null;
    if (n * kind.bytes <= SLICE_BYTES) short(kind, x, n, factor);
    else long(kind, x, n, factor);
  }

  return {
    fwht,
    plan(x, n, factor) {
      const kind = kinds[x[Symbol.toStringTag]];
      return () => run(kind, x, n, factor);
    },
  };
}

function kindsOf(engine: Engine): Record<TransformArray[typeof Symbol.toStringTag], Kind> {
  const { kernels } = engine;
  return {
    Float32Array: {
      bytes: 4,
      memory: () => engine.f32,
      transform: kernels.fwhtF32,
      columns: kernels.columnsF32,
      scale: kernels.multiplyF32,
    },
    Float64Array: {
      bytes: 8,
      memory: () => engine.f64,
      transform: kernels.fwhtF64,
      columns: kernels.columnsF64,
      scale: kernels.multiplyF64,
    },
    Int32Array: {
      bytes: 4,
      memory: () => engine.i32,
      transform: kernels.fwhtI32,
      columns: kernels.columnsI32,
      // The factor is 1 / n, n a power of two.
      scale: (x, length, factor) => kernels.shiftRightI32(x, length, -Math.log2(factor)),
    },
  };
}
