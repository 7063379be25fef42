import type { RotationTable } from "../../table.js";
import type { Backend, RotationKernels } from "../backend.js";
import { createRotation as createPlainRotation } from "../js/rotation.js";
import { after, type Engine, View } from "./engine.js";
import { factorImage } from "./factor.js";

/** Rows go through the memory in slices of about this size, at least one row, which the first-level cache holds. */
const SLICE_BYTES = 2 ** 14;

/** A longer row is not copied: its transforms go through the memory in pieces, and plain TypeScript does the passes around them. */
const MOST_BYTES = 2 ** 20;

/** The size of a float32. */
const BYTES = 4;

/** The size of the class Rotation of assembly/rotation.ts. */
const ROTATION_BYTES = 28;

const { fround, sqrt } = Math;
const NONE = new Int32Array();

/** The kernels of a rotation. Its image is copied into the engine's memory when something else was there last. */
export function createRotation(engine: Engine, fwht: Backend["fwht"], table: RotationTable): RotationKernels {
  const { length } = table;
  if (length * BYTES > MOST_BYTES) {
    return createPlainRotation(table, (x, start, n, factor) => {
      fwht(x.subarray(start, start + n), n, 1, factor);
    });
  }
  const { kernels, heapStart } = engine;
  const image = rotationImage(table, heapStart);
  const start = after(heapStart, image.byteLength);
  const step = Math.max(1, Math.floor(SLICE_BYTES / (length * BYTES))) * length;
  const view = new View<Float32Array>();

  function rotate(x: Float32Array, inverse: boolean): void {
    if (engine.owner !== image) {
      engine.reserve(after(start, step * BYTES));
      engine.i32.set(image, heapStart / BYTES);
      engine.owner = image;
    }
    const { f32 } = engine;
    const at = start / BYTES;
    for (let first = 0; first < x.length; first += step) {
      const count = Math.min(step, x.length - first);
      f32.set(count === x.length ? x : x.subarray(first, first + count), at);
      kernels.rotate(heapStart, start, count / length, inverse);
      x.set(view.of(f32, at, count), first);
    }
  }
  return { rotate, plan: (x, inverse) => () => rotate(x, inverse) };
}

/** The rotation as the kernels read it, at the address it was made for. */
function rotationImage(table: RotationTable, address: number): Int32Array {
  const { length, order, factor, rounds, masks } = table;
  const ofFactor = factor === null ? NONE : factorImage(factor);
  const ofTransposed =
    factor === null || factor.transposed === factor ? NONE : factorImage(factor.transposed);
  const masksAt = ROTATION_BYTES / BYTES;
  const factorAt = masksAt + masks.length;
  const transposedAt = factorAt + (ofTransposed === NONE ? 0 : ofFactor.length);
  const words = new Int32Array(factorAt + ofFactor.length + ofTransposed.length);
  words.set([length, order, rounds]);
  new Float32Array(words.buffer).set([fround(1 / sqrt(order)), fround(1 / sqrt(2 * order))], 3);
  if (factor !== null) words.set([address + factorAt * BYTES, address + transposedAt * BYTES], 5);
  words.set(masks, masksAt);
  words.set(ofFactor, factorAt);
  words.set(ofTransposed, factorAt + ofFactor.length);
  return words;
}
