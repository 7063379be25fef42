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
  factorStage(x: number, factor: number, width: number): void;
  multiply(x: number, length: number, multiplier: number): void;
}

export function createTransform(engine: Engine): Pick<Backend, "fwht" | "plan"> {
  const kernelsByType = kernelsOf(engine);
  let view: TransformArray = new Float32Array();

  /** The elements [start, start + length) of the memory. The view is kept, for calls are often alike. */
  function viewOf(memory: TransformArray, start: number, length: number): TransformArray {
    const known =
      view.length === length &&
      view.byteOffset === start * view.BYTES_PER_ELEMENT &&
      view.buffer === memory.buffer &&
      view.constructor === memory.constructor;
    if (!known) view = memory.subarray(start, start + length);
    return view;
  }

  /** Brings B into the memory, where it is not there yet, and returns the address behind it, from which arrays may lie. */
  function load(factor: KroneckerFactor | null): number {
    if (factor === null) {
      engine.owner = null;
      return engine.heapStart;
    }
    const image = factorImage(factor);
    const end = after(engine.heapStart, image.byteLength);
    if (engine.owner !== image) {
      engine.reserve(end);
      engine.i32.set(image, engine.heapStart / image.BYTES_PER_ELEMENT);
      engine.owner = image;
    }
    return end;
  }

  /** Transforms rows of which at least one fits into a slice. */
  function inSlices(
    kernels: ElementKernels,
    x: TransformArray,
    n: number,
    multiplier: number,
    factor: KroneckerFactor | null,
  ): void {
    const address = load(factor);
    const factorAt = factor === null ? 0 : engine.heapStart;
    const batch = Math.floor(BATCH_BYTES / (kernels.bytes * n)) * n;
    const most = Math.min(x.length, Math.max(n, batch));
    engine.reserve(after(address, most * kernels.bytes));
    const memory = kernels.memory();
    const at = address / kernels.bytes;
    for (let start = 0; start < x.length; start += most) {
      const length = Math.min(most, x.length - start);
      if (length <= LOOP_LENGTH) {
        for (let i = 0; i < length; i++) memory[at + i] = x[start + i] as number;
      } else {
        memory.set(length === x.length ? x : x.subarray(start, start + length), at);
      }
      kernels.transform(address, n, length / n, factorAt);
      if (multiplier !== 1) kernels.multiply(address, length, multiplier);
      if (length <= LOOP_LENGTH) {
        for (let i = 0; i < length; i++) x[start + i] = memory[at + i] as number;
      } else {
        x.set(viewOf(memory, at, length), start);
      }
    }
  }

  /**
   * Transforms rows larger than a slice. Their first stages, or the stage of B, combine pieces of a row element by element, so they are
   * done on as many neighbouring elements of all pieces as fit into a slice; the pieces are then rows of their own. The memory needed
   * does not depend on the row.
   */
  function inPieces(
    kernels: ElementKernels,
    x: TransformArray,
    n: number,
    multiplier: number,
    factor: KroneckerFactor | null,
  ): void {
    const sliceLength = SLICE_BYTES / kernels.bytes;
    const pieces = factor === null ? n / sliceLength : factor.order;
    const piece = n / pieces;
    const width = 2 ** Math.floor(Math.log2(sliceLength / pieces));
    const address = load(factor);
    engine.reserve(after(address, pieces * width * kernels.bytes));
    const memory = kernels.memory();
    const at = address / kernels.bytes;
    const parts: TransformArray[] = [];
    for (let k = 0; k < pieces; k++) parts.push(memory.subarray(at + k * width, at + (k + 1) * width));
    for (let row = 0; row < x.length; row += n) {
      for (let start = row; start < row + piece; start += width) {
        parts.forEach((part, k) => {
          part.set(x.subarray(start + k * piece, start + k * piece + width));
        });
        if (factor === null) kernels.firstStages(address, pieces * width, width);
        else kernels.factorStage(address, engine.heapStart, width);
        parts.forEach((part, k) => {
          x.set(part, start + k * piece);
        });
      }
    }
    run(kernels, x, piece, multiplier, null);
  }

  function run(
    kernels: ElementKernels,
    x: TransformArray,
    n: number,
    multiplier: number,
    factor: KroneckerFactor | null,
  ): void {
    if (n * kernels.bytes <= SLICE_BYTES) inSlices(kernels, x, n, multiplier, factor);
    else inPieces(kernels, x, n, multiplier, factor);
  }

  return {
    fwht(x, n, multiplier, factor) {
      run(kernelsByType[x[Symbol.toStringTag]], x, n, multiplier, factor);
    },
    plan(x, n, multiplier, factor) {
      const kernels = kernelsByType[x[Symbol.toStringTag]];
      return () => run(kernels, x, n, multiplier, factor);
    },
  };
}

function kernelsOf(engine: Engine): Record<TransformArray[typeof Symbol.toStringTag], ElementKernels> {
  const { kernels } = engine;
  return {
    Float32Array: {
      bytes: 4,
      memory: () => engine.f32,
      transform: kernels.fwhtF32,
      firstStages: kernels.firstStagesF32,
      factorStage: kernels.factorF32,
      multiply: kernels.multiplyF32,
    },
    Float64Array: {
      bytes: 8,
      memory: () => engine.f64,
      transform: kernels.fwhtF64,
      firstStages: kernels.firstStagesF64,
      factorStage: kernels.factorF64,
      multiply: kernels.multiplyF64,
    },
    Int32Array: {
      bytes: 4,
      memory: () => engine.i32,
      transform: kernels.fwhtI32,
      firstStages: kernels.firstStagesI32,
      factorStage: kernels.factorI32,
      /** The multiplier is 1 / n. */
      multiply(x, length, multiplier) {
        const n = Math.round(1 / multiplier);
        if ((n & (n - 1)) === 0) kernels.shiftRightI32(x, length, Math.log2(n));
        else kernels.divideI32(x, length, n);
      },
    },
  };
}
