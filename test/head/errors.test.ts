/** What each method says of a wrong argument, and that it has written nothing by then. */

import { describe, expect, test } from "@jest/globals";
import { FixedClassifier } from "../../lib/index.js";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { createHead } from "../support/heads.js";
import { detach, resizable } from "../support/memory.js";
import { floats } from "../support/random.js";

type Loose = Record<string, (...values: unknown[]) => unknown>;

const [FEATURES, CLASSES, ROWS] = [12, 5, 3];

onEachBackend((backend) => {
  const head = createHead({ features: FEATURES, classes: CLASSES }, backend);
  // The types would keep a caller in TypeScript from most of this.
  const loose = head as unknown as Loose;
  const good = floats(ROWS * FEATURES, 1);
  const gradLogits = floats(ROWS * CLASSES, 2);
  const y = [0, 1, 2];

  const calls: Record<string, (x: unknown, out?: unknown) => unknown> = {
    forward: (x, out) => loose.forward?.(x, { out }),
    probabilities: (x, out) => loose.probabilities?.(x, { out }),
    topK: (x) => loose.topK?.(x, 2),
    backward: (x) => loose.backward?.(x, gradLogits),
    lossAndGradient: (x) => loose.lossAndGradient?.(x, y),
  };

  const refuse = (run: () => unknown, type: ErrorConstructor, message: RegExp): void => {
    expect(run).toThrow(type);
    expect(run).toThrow(message);
  };

  describe.each(Object.entries(calls))("%s refuses as x", (_, call) => {
    test.each([
      [
        "a Float64Array",
        new Float64Array(36),
        /a Float64Array of length 36; convert it with Float32Array\.from/,
      ],
      ["an array", Array(36).fill(0), /an array of length 36; wrap it in Float32Array\.from/],
      ["an Int32Array", new Int32Array(36), /got an Int32Array of length 36/],
      ["a DataView", new DataView(new ArrayBuffer(144)), /got an object/],
      ["an ArrayBuffer", new ArrayBuffer(144), /got an object/],
      ["null", null, /got null/],
      ["undefined", undefined, /got undefined/],
      ["a number", 36, /got 36/],
      ["a string", "x".repeat(100), /got "x{40}"/],
    ])("%s", (_, x, message) => {
      refuse(() => call(x), TypeError, message);
      refuse(() => call(x), TypeError, /x must be a Float32Array/);
    });

    test("a length that is no whole number of rows", () => {
      for (const length of [1, FEATURES - 1, FEATURES + 1, 100]) {
        const message = new RegExp(`x has ${length} elements, no whole number of rows of 12 features`);
        refuse(() => call(new Float32Array(length)), RangeError, message);
      }
    });

    test("an array whose memory is gone, and says why", () => {
      for (const array of [new Float32Array(12), new Float32Array(0)]) {
        refuse(() => call(detach(array)), TypeError, /x is detached: its buffer was transferred/);
      }
      for (const left of [0, 8]) {
        const buffer = resizable(128, 128);
        const [view, rest] = [new Float32Array(buffer, 64, 12), new Float32Array(buffer, 64)];
        buffer.resize(left);
        for (const x of [view, rest]) refuse(() => call(x), TypeError, /x is out of bounds: its buffer was /);
      }
    });
  });

  for (const method of ["forward", "probabilities"] as const) {
    const call = calls[method] as (x: unknown, out?: unknown) => unknown;

    test(`${method} refuses an out that cannot take the result`, () => {
      refuse(
        () => call(good, new Float64Array(15)),
        TypeError,
        /out must be a Float32Array, got a Float64Array/,
      );
      refuse(() => call(good, Array(15)), TypeError, /out must be a Float32Array, got an array/);
      refuse(() => call(good, new Float32Array(14)), RangeError, /out has 14 elements, 15 are needed/);
      refuse(() => call(good, new Float32Array(0)), RangeError, /out has 0 elements, 15 are needed/);
      refuse(() => call(good, detach(new Float32Array(15))), TypeError, /out is detached/);
    });

    test(`${method} refuses an out that overlaps x or the bias, before it writes`, () => {
      const memory = floats(100, 3);
      const before = memory.slice();
      const x = memory.subarray(20, 20 + ROWS * FEATURES);
      for (const start of [6, 20, 30, 55]) {
        refuse(() => call(x, memory.subarray(start, start + 15)), RangeError, /out overlaps an input/);
      }
      refuse(() => call(x, x), RangeError, /out overlaps an input; use a separate array/);
      expectSameBits(memory, before);
      refuse(() => call(good.subarray(0, FEATURES), head.bias), RangeError, /out overlaps an input/);
    });

    test(`${method} takes an out right beside x, and one whose part beyond the result overlaps`, () => {
      const memory = new Float32Array(100);
      const x = memory.subarray(20, 20 + ROWS * FEATURES);
      x.set(good);
      const expected = (call(good) as Float32Array).slice();
      for (const [from, to] of [
        [5, 20],
        [56, 71],
        [5, 30],
        [56, 100],
      ] as const) {
        expectSameBits(call(x, memory.subarray(from, to)) as Float32Array, expected);
        expectSameBits(x, good);
      }
    });
  }

  test("arrays for the best classes are checked before any is written", () => {
    const [classes, scores] = [new Int32Array(6).fill(7), new Float32Array(6).fill(7)];
    const memory = new ArrayBuffer(64);
    const run = (out: unknown) => loose.topK?.(good, 2, { out });
    const short = new Int32Array(5);
    refuse(() => run({ classes: short, scores }), RangeError, /out\.classes has 5 elements, 6 are needed/);
    refuse(() => run({ classes: scores, scores }), TypeError, /out\.classes must be an? Int32Array, got a F/);
    refuse(
      () => run({ classes, scores: classes }),
      TypeError,
      /out\.scores must be a Float32Array, got an I/,
    );
    refuse(
      () => run({ classes, scores: [1] }),
      TypeError,
      /out\.scores must be a Float32Array, got an array/,
    );
    refuse(() => run({ classes, scores: detach(new Float32Array(6)) }), TypeError, /out\.scores is detached/);
    refuse(
      () => run({ classes, score: scores }),
      TypeError,
      /out has no option "score", did you mean "scores"/,
    );
    for (const none of [classes, 3]) refuse(() => run(none), TypeError, /out must be an object/);
    refuse(() => run({ classes, scores: good }), RangeError, /out\.scores overlaps an input/);
    const beside = { classes: new Int32Array(memory, 0, 6), scores: new Float32Array(memory, 20, 6) };
    refuse(() => run(beside), RangeError, /out\.classes overlaps out\.scores; use separate arrays/);
    const read = new Int32Array(good.buffer, good.byteOffset + 8, 6);
    refuse(() => run({ classes: read, scores }), RangeError, /out\.classes overlaps an input/);
    for (const array of [classes, scores]) expect(array.every((v) => v === 7)).toBe(true);
  });

  test("arrays for gradients are checked before any is written", () => {
    const fill = (length: number): Float32Array => new Float32Array(length).fill(7);
    const memory = fill(200);
    for (const run of [
      (out: object) => head.backward(good, gradLogits, { out }),
      (out: object) => head.lossAndGradient(good, y, { out }),
    ]) {
      const features = fill(ROWS * FEATURES);
      const bias = fill(CLASSES);
      refuse(
        () => run({ features: fill(35), bias }),
        RangeError,
        /out\.features has 35 elements, 36 are needed/,
      );
      refuse(() => run({ features, bias: fill(4) }), RangeError, /out\.bias has 4 elements, 5 are needed/);
      refuse(
        () => run({ features: new Float64Array(36), bias }),
        TypeError,
        /out\.features must be a Float32Array/,
      );
      refuse(() => run({ features, bias: [1, 2] }), TypeError, /out\.bias must be a Float32Array/);
      refuse(() => run({ features, bias: detach(fill(5)) }), TypeError, /out\.bias is detached/);
      refuse(() => run({ features: detach(fill(36)), bias }), TypeError, /out\.features is detached/);
      refuse(
        () => run({ features, biases: bias }),
        TypeError,
        /out has no option "biases", did you mean "bias"\? It has features, bias, weights/,
      );
      for (const none of [memory, 3]) refuse(() => run(none as object), TypeError, /out must be an object/);
      refuse(() => run({ features: good, bias }), RangeError, /out\.features overlaps an input/);
      refuse(() => run({ features, bias: head.bias }), RangeError, /out\.bias overlaps an input/);
      refuse(
        () => run({ features: memory.subarray(0, 36), bias: memory.subarray(35, 40) }),
        RangeError,
        /out\.features overlaps out\.bias/,
      );
      for (const array of [features, bias, memory]) expect(array.every((v) => v === 7)).toBe(true);
    }
    refuse(
      () => head.backward(good, gradLogits, { out: { bias: gradLogits.subarray(3, 8) } }),
      RangeError,
      /out\.bias overlaps an input/,
    );
  });

  test("backward needs as many gradients as there are logits", () => {
    const call = (g: unknown): unknown => loose.backward?.(good, g);
    for (const length of [14, 16, 5]) {
      const message = new RegExp(`gradLogits has ${length} elements, 3 rows of 5 classes need 15`);
      refuse(() => call(new Float32Array(length)), RangeError, message);
    }
    refuse(
      () => call(new Float64Array(15)),
      TypeError,
      /gradLogits must be a Float32Array, got a Float64Array/,
    );
    refuse(() => call(undefined), TypeError, /gradLogits must be a Float32Array, got undefined/);
    refuse(() => call(detach(new Float32Array(15))), TypeError, /gradLogits is detached/);
    refuse(() => call(new Float32Array(0)), RangeError, /gradLogits has 0 elements, 3 rows of 5/);
  });

  test("labels are one class a row", () => {
    const features = new Float32Array(ROWS * FEATURES).fill(7);
    const call = (labels: unknown): unknown => loose.lossAndGradient?.(good, labels, { out: { features } });
    refuse(() => call([0, 1]), RangeError, /labels has 2 elements for 3 rows: one label a row is needed/);
    refuse(() => call([]), RangeError, /labels has 0 elements for 3 rows/);
    refuse(() => call(new Int32Array(4)), RangeError, /labels has 4 elements for 3 rows/);
    refuse(() => call([0, 5, 1]), RangeError, /labels\[1\] is 5: it must be from 0 to 4/);
    refuse(() => call(Int32Array.of(0, 1, -1)), RangeError, /labels\[2\] is -1: it must be from 0 to 4/);
    refuse(() => call(Uint32Array.of(2 ** 32 - 1, 1, 1)), RangeError, /labels\[0\] is 4294967295/);
    refuse(() => call([0, 1.5, 1]), TypeError, /labels\[1\] must be an integer, got 1\.5/);
    refuse(() => call([0, Number.NaN, 1]), TypeError, /labels\[1\] must be an integer, got NaN/);
    refuse(() => call(["0", 1, 1]), TypeError, /labels\[0\] must be an integer, got "0"/);
    refuse(() => call([0, undefined, 1]), TypeError, /labels\[1\] must be an integer, got undefined/);
    refuse(() => call([0n, 1n, 1n]), TypeError, /labels\[0\] must be an integer, got 0/);
    refuse(
      () => call(new Float32Array(3)),
      RangeError,
      /labels is a Float32Array of 3 elements: soft targets for 3 rows of 5 classes are 15; labels are integers/,
    );
    refuse(
      () => call(new Float64Array(3)),
      TypeError,
      /labels must be an array of integers or an integer typed/,
    );
    refuse(() => call(new BigInt64Array(3)), TypeError, /got a BigInt64Array of length 3/);
    refuse(() => call(1), TypeError, /got 1/);
    refuse(() => call(null), TypeError, /got null/);
    refuse(() => call(undefined), TypeError, /got undefined/);
    refuse(() => call(detach(new Int32Array(3))), RangeError, /labels has 0 elements for 3 rows/);
    expect(features.every((v) => v === 7)).toBe(true);
  });

  test("labels may be of any integer type", () => {
    const expected = head.lossAndGradient(good, y);
    for (const Type of [
      Int8Array,
      Uint8Array,
      Uint8ClampedArray,
      Int16Array,
      Uint16Array,
      Int32Array,
      Uint32Array,
    ]) {
      expect(head.lossAndGradient(good, Type.from(y))).toEqual(expected);
    }
  });

  test("options of the loss", () => {
    const call = (options: object): unknown => loose.lossAndGradient?.(good, y, options);
    for (const labelSmoothing of [-0.1, 1, 2]) {
      refuse(
        () => call({ labelSmoothing }),
        RangeError,
        /labelSmoothing must be at least 0 and below 1, got /,
      );
    }
    refuse(() => call({ labelSmoothing: Number.NaN }), RangeError, /labelSmoothing must be finite, got NaN/);
    refuse(() => call({ labelSmoothing: "0.1" }), TypeError, /labelSmoothing must be a number, got "0.1"/);
    refuse(
      () => call({ reduction: "max" }),
      RangeError,
      /reduction must be one of "mean", "sum", "none", got "max"/,
    );
  });

  test("a head that was refused leaves nothing behind: the next call works", () => {
    const expected = head.forward(good);
    for (const x of [new Float32Array(7), new Float64Array(12), detach(new Float32Array(12))]) {
      expect(() => calls.forward?.(x)).toThrow();
    }
    expectSameBits(head.forward(good), expected);
  });
});

describe("new FixedClassifier", () => {
  const create = (options: unknown): FixedClassifier => new FixedClassifier(options as never);
  const base = { features: 8, classes: 4 };

  test.each([
    [undefined, TypeError, /options must be an object with features and classes, got undefined/],
    [null, TypeError, /got null/],
    [8, TypeError, /got 8/],
    [{}, TypeError, /features must be a number, got undefined/],
    [{ features: 8 }, TypeError, /classes must be a number, got undefined/],
    [{ ...base, features: "8" }, TypeError, /features must be a number, got "8"/],
    [{ ...base, features: 0 }, RangeError, /features must be an integer from 1 to 65536, got 0/],
    [{ ...base, features: 65537 }, RangeError, /features must be an integer from 1 to 65536, got 65537/],
    [{ ...base, features: 1.5 }, RangeError, /got 1\.5/],
    [{ ...base, features: Number.NaN }, RangeError, /got NaN/],
    [{ ...base, classes: 0 }, RangeError, /classes must be an integer from 1 to 16777216, got 0/],
    [{ ...base, classes: Infinity }, RangeError, /got Infinity/],
    [{ ...base, classes: 2 ** 24 + 1 }, RangeError, /got 16777217/],
    [{ ...base, code: "walsh" }, RangeError, /code must be one of "hadamard", .*, got "walsh"/],
    [{ ...base, code: 1 }, TypeError, /code must be one of .* got 1/],
    [{ ...base, code: "__proto__" }, RangeError, /code must be one of/],
    [{ ...base, bias: 1 }, TypeError, /bias must be true or false, got 1/],
    [
      { ...base, bias: new Float32Array(4) },
      TypeError,
      /bias must be true or false, got a Float32Array of length 4/,
    ],
    [{ ...base, learnScale: "yes" }, TypeError, /learnScale must be true or false, got "yes"/],
    [
      { ...base, code: "sylvester", allowDuplicates: 0 },
      TypeError,
      /allowDuplicates must be true or false, got 0/,
    ],
    [
      { ...base, code: { name: "sylvester", seed: 1.5 } },
      RangeError,
      /seed must be an integer from 0 to 4294967295, got 1\.5/,
    ],
    [{ ...base, code: {} }, TypeError, /code must be one of .*, got undefined/],
    [{ ...base, code: { name: "walsh" } }, RangeError, /code must be one of .*, got "walsh"/],
    [
      { ...base, code: { name: "simplex", seed: 1 } },
      TypeError,
      /code "simplex" has no option "seed", it has none/,
    ],
    [
      { ...base, code: { name: "hadamard", allowDuplicates: true } },
      TypeError,
      /code "hadamard" has no option "allowDuplicates", it has seed, assignment/,
    ],
    [
      { ...base, biases: true },
      TypeError,
      /FixedClassifier has no option "biases", did you mean "bias"\? It has features, classes, /,
    ],
    [{ ...base, seed: -1 }, RangeError, /seed must be an integer from 0 to 4294967295, got -1/],
    [{ ...base, seed: "x" }, TypeError, /seed must be a number, got "x"/],
    [{ ...base, backend: "wasm" }, TypeError, /backend must be one that createBackend returned, got "wasm"/],
  ] as [unknown, ErrorConstructor, RegExp][])("refuses %j", (options, type, message) => {
    expect(() => create(options)).toThrow(type);
    expect(() => create(options)).toThrow(message);
  });

  test("takes the smallest and the largest there are", () => {
    for (const options of [
      { features: 1, classes: 1 },
      { features: 1, classes: 1, code: "sylvester" },
      { features: 65536, classes: 1 },
      { features: 65536, classes: 65536, code: "sylvester" },
    ]) {
      const { code = "hadamard", ...size } = options;
      expect(create(options).settings).toMatchObject({ ...size, code: { name: code } });
    }
  });
});
