import type { KroneckerFactor } from "../../hadamard/factor.js";
import type { Backend, TransformArray } from "../backend.js";
import { after, type Engine } from "./engine.js";
import { factorImage } from "./factor.js";

/** Rows go through the memory in slices of this size, which a second-level cache holds. */
const BATCH_BYTES = 2 ** 18;

/** A row longer than that is a slice of its own up to this size; longer rows go through the memory in pieces. */
const SLICE_BYTES = 2 ** 20;

/** Up to this many elements a loop beats the calls that copy. */
const LOOP_LENGTH = 16;

/** The kernels of one type of elements. */
interface ElementKernels {
  readonly bytes: number;
  memory(): TransformArray;
  /** `factor` is the address of B, or 0. */
  transform(x: number, n: number, rows: number, factor: number): void;
  firstStages(x: number, n: number, width: number): void;
  factor(x: number, factor: number, width: number): void;
  scale(x: number, length: number, multiplier: number): void;
}

export function createTransform(engine: Engine): Pick<Backend, "fwht" | "plan"> {
  const kinds = kindsOf(engine);
  let part: TransformArray = new Float32Array();

  /** The first elements of the slice; the view is kept, for calls are often alike. */
  function slice(memory: TransformArray, start: number, length: number): TransformArray {
    const known =
      part.length === length &&
      part.byteOffset === start * part.BYTES_PER_ELEMENT &&
      part.buffer === memory.buffer &&
      part.constructor === memory.constructor;
    if (!known) part = memory.subarray(start, start + length);
    return part;
  }

  /** Where the arrays of a call may start: behind B, which is put into the memory where it is not there yet. */
  function startBehind(factor: KroneckerFactor | null): number {
    if (factor === null) {
      engine.owner = null;
      return engine.heapStart;
    }
    const image = factorImage(factor);
    const start = after(engine.heapStart, image.byteLength);
    if (engine.owner !== image) {
      engine.reserve(start);
      engine.i32.set(image, engine.heapStart / image.BYTES_PER_ELEMENT);
      engine.owner = image;
    }
    return start;
  }

  /** Whole rows of `n`, as many as fit into a slice. */
  function short(
    kind: ElementKernels,
    x: TransformArray,
    n: number,
    multiplier: number,
    factor: KroneckerFactor | null,
  ): void {
    const address = startBehind(factor);
    const matrix = factor === null ? 0 : engine.heapStart;
    const batch = Math.floor(BATCH_BYTES / (kind.bytes * n)) * n;
    const most = Math.min(x.length, Math.max(n, batch));
    engine.reserve(after(address, most * kind.bytes));
    const memory = kind.memory();
    const at = address / kind.bytes;
    for (let start = 0; start < x.length; start += most) {
      const length = Math.min(most, x.length - start);
      if (length <= LOOP_LENGTH) {
        for (let i = 0; i < length; i++) memory[at + i] = x[start + i] as number;
      } else {
        memory.set(length === x.length ? x : x.subarray(start, start + length), at);
      }
      kind.transform(address, n, length / n, matrix);
      if (multiplier !== 1) kind.scale(address, length, multiplier);
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
  function long(kind: ElementKernels, x: TransformArray, n: number, multiplier: number): void {
    const piece = SLICE_BYTES / kind.bytes;
    const width = piece / (n / piece);
    const address = startBehind(null);
    inColumns(kind, x, n, piece, width, address, () => kind.firstStages(address, piece, width));
    short(kind, x, piece, multiplier, null);
  }

  /** As {@link long} for a row with a factor: its stage combines b pieces, which are rows of a power of two. */
  function longWithFactor(
    kind: ElementKernels,
    x: TransformArray,
    n: number,
    multiplier: number,
    factor: KroneckerFactor,
  ): void {
    const piece = n / factor.order;
    const width = 2 ** Math.floor(Math.log2(SLICE_BYTES / kind.bytes / factor.order));
    const address = startBehind(factor);
    inColumns(kind, x, n, piece, width, address, () => kind.factor(address, engine.heapStart, width));
    run(kind, x, piece, multiplier, null);
  }

  /** Brings `width` columns of all pieces of a row at a time into the memory at `address`, for `work` to be done there. */
  function inColumns(
    kind: ElementKernels,
    x: TransformArray,
    n: number,
    piece: number,
    width: number,
    address: number,
    work: () => void,
  ): void {
    const pieces = n / piece;
    engine.reserve(after(address, pieces * width * kind.bytes));
    const memory = kind.memory();
    const at = address / kind.bytes;
    const parts: TransformArray[] = [];
    for (let k = 0; k < pieces; k++) parts.push(memory.subarray(at + k * width, at + (k + 1) * width));
    for (let row = 0; row < x.length; row += n) {
      for (let column = row; column < row + piece; column += width) {
        parts.forEach((part, k) => {
          part.set(x.subarray(column + k * piece, column + k * piece + width));
        });
        work();
        parts.forEach((part, k) => {
          x.set(part, column + k * piece);
        });
      }
    }
  }

  function run(
    kind: ElementKernels,
    x: TransformArray,
    n: number,
    multiplier: number,
    factor: KroneckerFactor | null,
  ): void {
    if (n * kind.bytes <= SLICE_BYTES) short(kind, x, n, multiplier, factor);
    else if (factor === null) long(kind, x, n, multiplier);
    else longWithFactor(kind, x, n, multiplier, factor);
  }

  return {
    fwht(x, n, multiplier, factor) {
      run(kinds[x[Symbol.toStringTag]], x, n, multiplier, factor);
    },
    plan(x, n, multiplier, factor) {
      const kind = kinds[x[Symbol.toStringTag]];
      return () => run(kind, x, n, multiplier, factor);
    },
  };
}

function kindsOf(engine: Engine): Record<TransformArray[typeof Symbol.toStringTag], ElementKernels> {
  const { kernels } = engine;
  return {
    Float32Array: {
      bytes: 4,
      memory: () => engine.f32,
      transform: kernels.fwhtF32,
      firstStages: kernels.firstStagesF32,
      factor: kernels.factorF32,
      scale: kernels.multiplyF32,
    },
    Float64Array: {
      bytes: 8,
      memory: () => engine.f64,
      transform: kernels.fwhtF64,
      firstStages: kernels.firstStagesF64,
      factor: kernels.factorF64,
      scale: kernels.multiplyF64,
    },
    Int32Array: {
      bytes: 4,
      memory: () => engine.i32,
      transform: kernels.fwhtI32,
      firstStages: kernels.firstStagesI32,
      factor: kernels.factorI32,
      // The multiplier is 1 / n.
      scale(x, length, multiplier) {
        const n = Math.round(1 / multiplier);
        if ((n & (n - 1)) === 0) kernels.shiftRightI32(x, length, Math.log2(n));
        else kernels.divideI32(x, length, n);
      },
    },
  };
}
