/** The native addon without the facade: what would lead a kernel out of its arrays is refused here once more. */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { backends } from "../support/backends.js";

const path = fileURLToPath(new URL("../../build/Release/fixed_classifier.node", import.meta.url));
const native = backends.some(({ name }) => name === "native") && existsSync(path);

/** Of its TypeErrors, which are of another realm than that of the tests. */
const REFUSAL = /^arguments do not fit this function of the native addon$/;

type Functions = Record<string, (...args: unknown[]) => unknown>;

/** A function of the addon's objects, called with whatever. */
const call = (object: object, name: string, ...args: unknown[]): unknown =>
  ((object as Functions)[name] as Functions[string])(...args);

function load(): object {
  const module = { exports: {} };
  process.dlopen(module, path);
  return module.exports;
}

(native ? describe : describe.skip)("the native addon", () => {
  const addon = native ? load() : {};
  const kernels = native ? (call(addon, "create", "scalar", 1) as object) : {};
  /** Row c of the Hadamard matrix of order 4 for class c. */
  const head = (
    features = 4,
    segments = Int32Array.of(0, 0, 1, 0, 4),
    matrix: readonly unknown[] = [1, new Uint32Array(), null],
  ) =>
    call(kernels, "head", features, 4, 4, 0.5, new Uint32Array(1), segments, ...matrix, null) as ArrayBuffer;
  const signs = Uint32Array.of(0, 0b1010, 0b1100, 0b0110);
  const factor = () => call(kernels, "factor", 4, signs);
  const plan = (x: unknown) => call(kernels, "plan", x, 4, 1);

  test("a plan is one of its own kind", () => {
    const x = Float32Array.of(1, 2, 3, 4);
    const transform = plan(x);
    const forward = call(kernels, "planForward", head(), x, null, new Float32Array(4));
    for (const other of [undefined, null, 1, {}, x, factor(), forward, () => {}]) {
      expect(() => call(addon, "run", other)).toThrow(REFUSAL);
    }
    for (const other of [undefined, null, 1, {}, x, factor(), transform]) {
      expect(() => call(addon, "runForward", other, 1)).toThrow(REFUSAL);
    }
    expect(() => call(addon, "runForward", forward, "1")).toThrow(REFUSAL);
    expect(() => call(addon, "runForward", forward)).toThrow(REFUSAL);
    expect([...x]).toEqual([1, 2, 3, 4]);
    call(addon, "run", transform);
    expect([...x]).toEqual([10, -2, -4, 0]);
  });

  test("the transform takes typed arrays of whole rows", () => {
    for (const x of [null, [1, 2], new Uint8Array(4), new Float32Array(3)]) {
      expect(() => plan(x)).toThrow(REFUSAL);
      expect(() => call(kernels, "fwht", x)).toThrow(REFUSAL);
    }
    expect(() => call(kernels, "fwht", new Float32Array(4), 3, 1)).toThrow(REFUSAL);
    expect(() => call(kernels, "factor", 4, Uint32Array.of(0))).toThrow(REFUSAL);
    for (const other of [null, {}, plan(new Float32Array(4))]) {
      expect(() => call(kernels, "fwht", new Float32Array(4), 4, 1, other)).toThrow(REFUSAL);
    }
  });

  test("columns are whole blocks of their array, which rounding fills", () => {
    const x = new Float32Array(12);
    for (const name of ["columns", "planColumns"]) {
      for (const [length, inner] of [
        [3, 4],
        [4, 4],
        [4, 0],
        [0, 3],
        [2 ** 32, 2 ** 32],
        [4, 1.5e16],
        [8, 1],
      ]) {
        expect(() => call(kernels, name, x, length, inner, 1, undefined)).toThrow(REFUSAL);
      }
      expect(() => call(kernels, name, new Uint16Array(12), 4, 3, 1, undefined)).toThrow(REFUSAL);
      expect(() => call(kernels, name, x, 2, 3, 1, factor())).toThrow(REFUSAL);
      expect(() => call(kernels, name, x, 4, 3, 1, null)).toThrow(REFUSAL);
      expect(() => call(kernels, name, x, 4, 3)).toThrow(REFUSAL);
      expect(() => call(kernels, name, x, 4, 3, 1, factor())).not.toThrow();
    }
    for (const name of ["encodeFloat16", "encodeBfloat16"]) {
      expect(() => call(kernels, name, x, new Uint16Array(11))).toThrow(REFUSAL);
      expect(() => call(kernels, name, x, new Int8Array(12))).toThrow(REFUSAL);
      expect(() => call(kernels, name, x, new Uint16Array(12))).not.toThrow();
    }
  });

  test("a head takes tables that stay inside the matrix, and arrays of its shape", () => {
    expect(() => head(5)).toThrow(REFUSAL);
    for (const segments of [
      [0, 1, 1, 0, 4],
      [1, 0, 1, 0, 4],
      [0, 0, 1, 1, 3],
      [0, 0, 1, 0, -4],
      [0, 0, 1, 0],
    ]) {
      expect(() => head(4, Int32Array.from(segments))).toThrow(REFUSAL);
    }
    for (const transposed of [null, signs]) {
      expect(() => head(4, undefined, [4, signs, transposed])).not.toThrow();
    }
    const negative = Uint32Array.of(0, 0b1010, 0b1100, 0b0111);
    for (const matrix of [
      [4, signs.subarray(1), null],
      [4, negative, null],
      [4, signs, signs.subarray(1)],
      [4, signs, negative],
      [4, signs, new Int32Array(4)],
      [12, new Uint32Array(12), new Uint32Array(12)],
    ]) {
      expect(() => head(4, undefined, matrix)).toThrow(REFUSAL);
    }
    for (const args of [
      [new Float32Array(8), 4, 3, new Uint8Array(2)],
      [new Float32Array(8), 0, 4, new Uint8Array(2)],
      [new Float32Array(7), 4, 4, new Uint8Array(2)],
      [new Float32Array(8), 4, 4, new Uint8Array(1)],
      [new Float32Array(8), 4, 64, new Uint8Array(2)],
      [new Float64Array(8), 4, 4, new Uint8Array(2)],
    ]) {
      expect(() => call(kernels, "nearestRows", ...args)).toThrow(REFUSAL);
    }
    expect(call(kernels, "nearestRows", new Float32Array(8), 4, 4, new Uint8Array(2))).toBe(true);
    const rows = (length: number) => new Uint32Array(length);
    const two = new Float32Array(8);
    for (const args of [
      [0, 4, 4, 1, rows(16), 1, null, 1],
      [4, 0, 4, 1, rows(0), 1, null, 1],
      [4, 4, 3, 1, rows(16), 1, null, 1],
      [4, 4, 64, 1, rows(16), 1, null, 1],
      [4, 4, 4, 1, rows(15), 1, null, 1],
      [4, 4, 4, 1, rows(32), 1, null, 1],
      [4, 4, 4, 1, new Int32Array(16), 1, null, 1],
      [2 ** 40, 4, 4, 1, rows(16), 1, null, 1],
      [4, 2 ** 40, 4, 1, rows(16), 1, null, 1],
      [4, 4, 4, 1, rows(0), 0, null, 1],
      [4, 4, 4, 1, rows(32), 2, null, 1],
      [4, 4, 4, 1, rows(16), 2, two, 1],
      [4, 4, 4, 1, rows(32), 2, two.subarray(1), 1],
      [4, 4, 4, 1, rows(32), 2, new Float64Array(8), 1],
      [4, 4, 4, 1, rows(80), 5, new Float32Array(20), 1],
      [4, 4, 4, 1, rows(16)],
    ]) {
      expect(() => call(kernels, "signedRowsHead", ...args)).toThrow(REFUSAL);
    }
    const signedRows = call(kernels, "signedRowsHead", 4, 4, 4, 1, rows(32), 2, two, 1);
    const gradients = (weights: unknown, classes: unknown): unknown[] => {
      const [features, scale, gradLogits] = [new Float32Array(4), new Float32Array(1), new Float32Array(4)];
      return [new Float32Array(4), 1, null, gradLogits, features, scale, null, weights, classes];
    };
    for (const [weights, classes] of [
      [new Float32Array(15), null],
      [new Float32Array(16), Int32Array.of(1, 2)],
      [new Float32Array(8), Int32Array.of(1, 4)],
      [new Float32Array(8), Int32Array.of(-1, 1)],
      [new Float32Array(8), new Uint32Array(2)],
      [new Float64Array(16), null],
    ]) {
      expect(() => call(kernels, "backward", signedRows, ...gradients(weights, classes))).toThrow(REFUSAL);
    }
    for (const [weights, classes] of [
      [null, null],
      [new Float32Array(16), null],
      [new Float32Array(8), Int32Array.of(3, 0)],
    ]) {
      expect(() => call(kernels, "backward", signedRows, ...gradients(weights, classes))).not.toThrow();
    }
    expect(() => call(kernels, "backward", head(4), ...gradients(new Float32Array(16), null))).toThrow(
      REFUSAL,
    );
    const [x, out] = [new Float32Array(4), new Float32Array(4)];
    for (const args of [
      [new Float32Array(3), 1, null, out],
      [x, 1, new Float32Array(3), out],
      [x, 1, null, new Float32Array(8)],
      [x, "1", null, out],
      [new Float64Array(4), 1, null, out],
    ]) {
      expect(() => call(kernels, "forward", head(), ...args)).toThrow(REFUSAL);
    }
    expect(() => call(kernels, "planForward", head(), x, null, new Float32Array(3))).toThrow(REFUSAL);
    const best = [5, new Int32Array(5), new Float32Array(5)];
    expect(() => call(kernels, "topK", head(), x, 1, null, ...best)).toThrow(REFUSAL);
  });

  test("a head is one of its own kind, where it was made", () => {
    const [x, out] = [Float32Array.of(1, 2, 3, 4), new Float32Array(4)];
    const made = head();
    for (const other of [
      undefined,
      null,
      1,
      {},
      x,
      factor(),
      plan(x),
      new ArrayBuffer(4096),
      made.slice(0),
    ]) {
      expect(() => call(kernels, "forward", other, x, 1, null, out)).toThrow(REFUSAL);
      expect(() => call(kernels, "planForward", other, x, null, out)).toThrow(REFUSAL);
    }
    call(kernels, "forward", made, x, 1, null, out);
    expect(out.some((logit) => logit !== 0)).toBe(true);
    structuredClone(made, { transfer: [made] });
    expect(() => call(kernels, "forward", made, x, 1, null, out)).toThrow(REFUSAL);
  });

  test("a rotation takes tables that stay inside its rows, and arrays of whole rows", () => {
    const rotation = (...args: unknown[]) => call(kernels, "rotation", ...args) as ArrayBuffer;
    const paley = factor();
    for (const args of [
      [4, 4, 1, new Uint32Array(2)], // masks of another length
      [4, 4, 2, new Uint32Array(3)],
      [4, 4, 0, new Uint32Array(0)], // no round
      [0, 0, 1, new Uint32Array(0)],
      [3, 4, 1, new Uint32Array(1)], // order above the length
      [8, 4, 1, new Uint32Array(3)], // the transforms do not meet
      [7, 4, 1, new Uint32Array(1)], // one mask instead of three
      [6, 6, 1, new Uint32Array(1)], // no power of two
      [12, 12, 1, new Uint32Array(1), paley, paley], // 3 is no power of two
      [6, 6, 1, new Uint32Array(1), paley, paley],
      [8, 8, 1, new Uint32Array(1), paley, undefined],
      [8, 8, 1, new Uint32Array(1), paley, call(kernels, "factor", 8, new Uint32Array(8))],
      [8, 8, 1, new Uint32Array(1), signs, paley],
      [9, 8, 1, new Uint32Array(3), paley, paley], // longer than the order
      [4, 4, 1, new Int32Array(1)],
    ]) {
      expect(() => rotation(...args)).toThrow(REFUSAL);
    }
    const of7 = rotation(7, 4, 1, new Uint32Array(3));
    for (const args of [
      [new Float32Array(8), of7, 0],
      [new Float64Array(7), of7, 0],
      [new Float32Array(7), of7, 2],
      [new Float32Array(7), of7, "0"],
      [new Float32Array(7), factor(), 0],
      [new Float32Array(7), undefined, 0],
      [new Float32Array(7), of7.slice(0), 0],
      [new Float32Array(7), of7],
    ]) {
      expect(() => call(kernels, "rotate", ...args)).toThrow(REFUSAL);
      expect(() => call(kernels, "planRotation", ...args)).toThrow(REFUSAL);
    }
    const x = Float32Array.of(1, 2, 3, 4, 5, 6, 7);
    const rotated = call(kernels, "planRotation", x, of7, 0);
    for (const other of [undefined, of7, plan(new Float32Array(4)), x, new ArrayBuffer(64)]) {
      expect(() => call(addon, "runRotation", other)).toThrow(REFUSAL);
    }
    expect(() => call(addon, "run", rotated)).toThrow(REFUSAL);
    expect([...x]).toEqual([1, 2, 3, 4, 5, 6, 7]);
    call(addon, "runRotation", rotated);
    call(kernels, "rotate", x, of7, 1);
    x.forEach((value, i) => {
      expect(value).toBeCloseTo(i + 1, 5);
    });
    call(kernels, "rotate", new Float32Array(), of7, 0);
  });
});
