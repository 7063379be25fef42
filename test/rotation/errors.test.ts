import { describe, expect, test } from "@jest/globals";
import { type RotationOptions, rotation } from "../../lib/index.js";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { detach, resizable } from "../support/memory.js";
import { floats } from "../support/random.js";

const make = (options: unknown): unknown => rotation(options as RotationOptions);

describe("options", () => {
  test.each([
    [undefined, /rotation needs the length of a row: rotation\(\{ length: 1000 \}\), got undefined/],
    [null, /rotation needs the length of a row/],
    [{}, /rotation needs the length of a row/],
    [{ length: null }, /rotation needs the length of a row/],
    [1000, /options of rotation must be an object, got 1000/],
    [{ length: "8" }, /length must be a number, got "8"/],
    [{ length: 8, seed: "1" }, /seed must be a number, got "1"/],
    [{ length: 8, rounds: "1" }, /rounds must be a number/],
    [{ length: 8, round: 2 }, /rotation has no option "round", did you mean "rounds"\?/],
    [{ length: 8, backend: "native" }, /backend must be one that createBackend returned/],
  ])("%j is a TypeError", (options, message) => {
    expect(() => make(options)).toThrow(TypeError);
    expect(() => make(options)).toThrow(message);
  });

  test.each([
    [{ length: 0 }, /length must be an integer from 1 to 16777216, got 0/],
    [{ length: 2 ** 24 + 1 }, /length must be an integer/],
    [{ length: 1.5 }, /length must be an integer/],
    [{ length: 8, seed: -1 }, /seed must be an integer from 0 to 4294967295, got -1/],
    [{ length: 8, seed: 2 ** 32 }, /seed must be an integer/],
    [{ length: 8, rounds: 0 }, /rounds must be an integer from 1 to 4, got 0/],
    [{ length: 8, rounds: 5 }, /rounds must be an integer/],
  ])("%j is a RangeError", (options, message) => {
    expect(() => make(options)).toThrow(RangeError);
    expect(() => make(options)).toThrow(message);
  });
});

onEachBackend((backend) => {
  const r = rotation({ length: 12, seed: 1, backend });

  test("arrays that do not fit are refused before anything is written", () => {
    const x = floats(13, 1);
    const before = x.slice();
    for (const call of [r.apply, r.invert, r.plan] as ((x: unknown) => unknown)[]) {
      expect(() => call(x)).toThrow(RangeError);
      expect(() => call(x)).toThrow(/x has 13 elements, no whole number of rows of 12 elements/);
      for (const other of [undefined, null, [1, 2], new Float64Array(12), new Int32Array(12), 12]) {
        expect(() => call(other)).toThrow(TypeError);
        expect(() => call(other)).toThrow(/x must be a Float32Array, got /);
      }
      expect(() => call(detach(new Float32Array(12)))).toThrow(/x is detached/);
    }
    expectSameBits(x, before);
  });

  test("no rows are fine", () => {
    const none = new Float32Array();
    expect(r.apply(none)).toBe(none);
    expect(r.invert(none)).toBe(none);
    expect(r.plan(none)).not.toThrow();
  });

  test("options of a plan", () => {
    const plan = r.plan as (x: Float32Array, options?: unknown) => () => void;
    const x = new Float32Array(12);
    expect(() => plan(x, { invert: true })).toThrow(/plan has no option "invert", did you mean "inverse"\?/);
    expect(() => plan(x, { inverse: 1 })).toThrow(/inverse must be true or false, got 1/);
    expect(() => plan(x, null)).not.toThrow();
  });

  test("a plan does what the methods do, every time it is called", () => {
    for (const length of [1, 7, 64, 100, 768]) {
      const each = rotation({ length, seed: 5, backend });
      const x = floats(3 * length, length);
      const expected = x.slice();
      const [forward, back] = [each.plan(x), each.plan(x, { inverse: true })];
      for (let i = 0; i < 3; i++) {
        forward();
        expectSameBits(x, each.apply(expected));
      }
      back();
      expectSameBits(x, each.invert(expected));
    }
  });

  test("a plan throws once its array is detached or resized, and the process lives", () => {
    for (const length of [1, 12, 64, 1000]) {
      const each = rotation({ length, backend });
      const x = new Float32Array(2 * length).fill(1);
      const run = each.plan(x);
      run();
      detach(x);
      for (let i = 0; i < 3; i++) expect(run).toThrow(TypeError);
      expect(run).toThrow(`x was detached or resized after plan: its length was ${2 * length}, is 0`);
    }
    const buffer = resizable(96, 960);
    const run = r.plan(new Float32Array(buffer));
    buffer.resize(960);
    expect(run).toThrow(/its length was 24, is 240/);
  });

  test("many plans live side by side", () => {
    const arrays = Array.from({ length: 300 }, (_, i) => floats(12, i));
    const expected = arrays.map((x) => r.apply(x.slice()));
    for (const run of arrays.map((x) => r.plan(x))) run();
    arrays.forEach((x, i) => {
      expectSameBits(x, expected[i] as Float32Array);
    });
  });
});
