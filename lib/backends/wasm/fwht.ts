import type { KroneckerFactor } from "../../hadamard/factor.js";
import type { Backend, TransformArray } from "../backend.js";
import { after, type Engine, View } from "./engine.js";
import { factorImage } from "./factor.js";

/** Rows go through the memory in slices of this size: to copy to where the first-level cache is takes half the time. */
const BATCH_BYTES = 2 ** 14;

/** A row longer than that is a slice of its own up to this size; longer rows go through the memory in pieces. */
const SLICE_BYTES = 2 ** 20;

/** A multiple of the elements of a vector: a piece of it starts where a vector may. */
const VECTOR = 16;

/** Up to this many elements a loop beats the calls that copy. */
const LOOP_LENGTH = 16;

/** The kernels of one type of elements. */
interface ElementKernels {
  readonly bytes: number;
  memory(): TransformArray;
  /** `factor` is the address of B, or 0. */
  transform(x: number, n: number, rows: number, factor: number): void;
  columns(x: number, length: number, inner: number, blocks: number, factor: number): void;
  factorStage(x: number, factor: number, width: number): void;
  multiply(x: number, length: number, multiplier: number): void;
}

/** Blocks of `length` rows of `inner` elements, whose columns are transformed; where `inner` is 1 a block is a row to be transformed. */
interface Shape {
  readonly length: number;
  readonly inner: number;
  readonly factor: KroneckerFactor | null;
}

export function createTransform(engine: Engine): Pick<Backend, "fwht" | "plan" | "columns" | "planColumns"> {
  const kernelsByType = kernelsOf(engine);
  const view = new View<TransformArray>();

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

  /** Transforms blocks of which at least one fits into a slice. */
  function inSlices(kernels: ElementKernels, x: TransformArray, shape: Shape, multiplier: number): void {
    const { length: n, inner, factor } = shape;
    const block = n * inner;
    const address = load(factor);
    const factorAt = factor === null ? 0 : engine.heapStart;
    const batch = Math.floor(BATCH_BYTES / (kernels.bytes * block)) * block;
    const most = Math.min(x.length, Math.max(block, batch));
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
      if (inner === 1) kernels.transform(address, n, length / n, factorAt);
      else kernels.columns(address, n, inner, length / block, factorAt);
      if (multiplier !== 1) kernels.multiply(address, length, multiplier);
      if (length <= LOOP_LENGTH) {
        for (let i = 0; i < length; i++) x[start + i] = memory[at + i] as number;
      } else {
        x.set(view.of(memory, at, length), start);
      }
    }
  }

  /**
   * Transforms blocks larger than a slice. Their first stages, or the stage of B, combine pieces of a block element by element, so they
   * are done on as many neighbouring elements of all pieces as fit into a slice; the pieces are then blocks of their own. The memory
   * needed does not depend on the block.
   */
  function inPieces(kernels: ElementKernels, x: TransformArray, shape: Shape, multiplier: number): void {
    const { length: n, inner, factor } = shape;
    const block = n * inner;
    const sliceLength = SLICE_BYTES / kernels.bytes;
    const pieces = factor?.order ?? Math.min(n, 2 ** Math.ceil(Math.log2(block / sliceLength)));
    const piece = block / pieces;
    const rest = { length: n / pieces, inner, factor: null };
    const width = Math.min(piece, Math.floor(sliceLength / pieces / VECTOR) * VECTOR);
    const address = load(factor);
    engine.reserve(after(address, pieces * width * kernels.bytes));
    const memory = kernels.memory();
    const at = address / kernels.bytes;
    const partsOf = (length: number): TransformArray[] =>
      Array.from({ length: pieces }, (_, k) => memory.subarray(at + k * length, at + (k + 1) * length));
    const whole = partsOf(width);
    for (let first = 0; first < x.length; first += block) {
      for (let start = 0; start < piece; start += width) {
        const length = Math.min(width, piece - start);
        const parts = length === width ? whole : partsOf(length);
        parts.forEach((part, k) => {
          const from = first + k * piece + start;
          part.set(x.subarray(from, from + length));
        });
        if (factor === null) kernels.columns(address, pieces, length, 1, 0);
        else kernels.factorStage(address, engine.heapStart, length);
        if (rest.length === 1 && multiplier !== 1) kernels.multiply(address, pieces * length, multiplier);
        parts.forEach((part, k) => {
          x.set(part, first + k * piece + start);
        });
      }
    }
    if (rest.length > 1) run(kernels, x, rest, multiplier);
  }

  function run(kernels: ElementKernels, x: TransformArray, shape: Shape, multiplier: number): void {
    if (shape.length * shape.inner * kernels.bytes <= SLICE_BYTES) inSlices(kernels, x, shape, multiplier);
    else inPieces(kernels, x, shape, multiplier);
  }

  function plan(x: TransformArray, shape: Shape, multiplier: number): () => void {
    const kernels = kernelsByType[x[Symbol.toStringTag]];
    return () => run(kernels, x, shape, multiplier);
  }

  return {
    fwht(x, length, multiplier, factor) {
      run(kernelsByType[x[Symbol.toStringTag]], x, { length, inner: 1, factor }, multiplier);
    },
    columns(x, length, inner, multiplier, factor) {
      run(kernelsByType[x[Symbol.toStringTag]], x, { length, inner, factor }, multiplier);
    },
    plan: (x, length, multiplier, factor) => plan(x, { length, inner: 1, factor }, multiplier),
    planColumns: (x, length, inner, multiplier, factor) => plan(x, { length, inner, factor }, multiplier),
  };
}

function kernelsOf(engine: Engine): Record<TransformArray[typeof Symbol.toStringTag], ElementKernels> {
  const { kernels } = engine;
  return {
    Float32Array: {
      bytes: 4,
      memory: () => engine.f32,
      transform: kernels.fwhtF32,
      columns: kernels.columnsF32,
      factorStage: kernels.factorF32,
      multiply: kernels.multiplyF32,
    },
    Float64Array: {
      bytes: 8,
      memory: () => engine.f64,
      transform: kernels.fwhtF64,
      columns: kernels.columnsF64,
      factorStage: kernels.factorF64,
      multiply: kernels.multiplyF64,
    },
    Int32Array: {
      bytes: 4,
      memory: () => engine.i32,
      transform: kernels.fwhtI32,
      columns: kernels.columnsI32,
      factorStage: kernels.factorI32,
      /** The multiplier is 1 by an integer. */
      multiply(x, length, multiplier) {
        const divisor = Math.round(1 / multiplier);
        // A larger divisor gives 0 or −1, as a shift by 31 does.
        const shift = divisor < 2 ** 31 ? Math.log2(divisor) : 31;
        if (Number.isInteger(shift)) kernels.shiftRightI32(x, length, shift);
        else kernels.divideI32(x, length, divisor);
      },
    },
  };
}
