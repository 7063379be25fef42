/** Features as float16, bfloat16 and int8: what they decode to, and that every operation gives the bits of the decoded ones. */

import { describe, expect, test } from "@jest/globals";
import type { ReducedType } from "../lib/backends/backend.js";
import { type FeatureOptions, type Features, FixedClassifier, fwht } from "../lib/index.js";
import { onEachBackend, reference } from "./support/backends.js";
import { expectSameBits } from "./support/bits.js";
import { createHead } from "./support/heads.js";
import { detach, guarded } from "./support/memory.js";
import { floats, integers, labels } from "./support/random.js";

type Loose = Record<string, (...values: unknown[]) => unknown>;

/** By the definition of a binary format of IEEE 754: sign, exponent with a bias, fraction. */
function defined(bits: number, exponentBits: number, fractionBits: number): number {
  const sign = bits >> (exponentBits + fractionBits) ? -1 : 1;
  const exponent = (bits >> fractionBits) % 2 ** exponentBits;
  const fraction = (bits % 2 ** fractionBits) / 2 ** fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias);
  return sign * (1 + fraction) * 2 ** (exponent - bias);
}

const VALUE: Record<ReducedType, (bits: number) => number> = {
  float16: (bits) => defined(bits, 5, 10),
  bfloat16: (bits) => defined(bits, 8, 7),
  int8: (value) => value,
};

const decoded = (x: Uint16Array | Int8Array, type: ReducedType): Float32Array =>
  Float32Array.from(x, VALUE[type]);

const ALL = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits);
const INTEGERS = Int8Array.from({ length: 256 }, (_, i) => i);

/** Bits of finite numbers of about 1, or of any numbers. */
function halves(length: number, seed: number, type: ReducedType, any = false): Uint16Array {
  const one = type === "float16" ? 0x3c00 : 0x3f80;
  return Uint16Array.from(integers(length, seed), (v) => (any ? v : (v & 0x80ff) + one));
}

const bytes = (length: number, seed: number): Int8Array => Int8Array.from(integers(length, seed));

function repeated<T extends Float32Array | Uint16Array | Int8Array>(x: T, length: number): T {
  const result = new (x.constructor as new (length: number) => T)(length);
  for (let i = 0; i < length; i += x.length) result.set(x.subarray(0, length - i), i);
  return result;
}

interface Case {
  readonly name: string;
  readonly x: Uint16Array | Int8Array;
  readonly type: ReducedType;
  readonly options: FeatureOptions;
}

function cases(length: number, any = false): Case[] {
  return [
    ...(["float16", "bfloat16"] as const).map((type) => ({
      name: type,
      x: halves(length, 5, type, any),
      type,
      options: { type },
    })),
    { name: "int8", x: bytes(length, 6), type: "int8", options: {} },
  ];
}

/** Everything a head says of its features. */
async function results(
  head: FixedClassifier,
  x: Features,
  options: FeatureOptions,
): Promise<Record<string, Float32Array | Float64Array | Int32Array>> {
  const rows = (x as Float32Array).length / head.features;
  const y = labels(rows, head.classes, 8);
  const { classes, scores } = head.topK(x, 2, options);
  const back = head.backward(x, floats(rows * head.classes, 9), options);
  const each = head.lossAndGradient(x, y, { ...options, reduction: "none", labelSmoothing: 0.1 });
  const mean = head.lossAndGradient(x, y, options);
  const gradients = [back, each.gradient, mean.gradient];
  return {
    logits: head.forward(x, options),
    later: await head.forwardAsync(x, options),
    classes,
    scores,
    probabilities: head.probabilities(x, options),
    chosen: head.probabilities(x, { ...options, classes: [1, 0] }),
    losses: each.loss,
    loss: Float64Array.of(mean.loss),
    scales: Float64Array.from(gradients, ({ scale }) => scale ?? 0),
    ...Object.fromEntries(gradients.map(({ features }, i) => [`features ${i}`, features])),
    ...Object.fromEntries(gradients.map(({ bias }, i) => [`bias ${i}`, bias as Float32Array])),
    ...Object.fromEntries(gradients.map(({ weights }, i) => [`weights ${i}`, weights ?? new Float32Array()])),
  };
}

async function expectSameResults(
  head: FixedClassifier,
  x: Features,
  options: FeatureOptions,
  values: Float32Array,
): Promise<void> {
  const expected = await results(head, values, {});
  const got = await results(head, x, options);
  for (const [name, array] of Object.entries(expected)) {
    expectSameBits(got[name] as typeof array, array, name);
  }
}

test("all integers of int8 are there", () => {
  expect(new Set(INTEGERS).size).toBe(256);
});

onEachBackend((backend) => {
  test.each([
    ["float16", ALL],
    ["bfloat16", ALL],
    ["int8", INTEGERS],
  ] as const)("every %s decodes to its value", (type, x) => {
    const out = new Float32Array(x.length).fill(7);
    backend.decode(x, type, out);
    expectSameBits(out, decoded(x, type), type);
  });

  test.each(cases(100, true))("$name of any length and at any offset: nothing outside is written", (each) => {
    for (let length = 1; length <= 70; length++) {
      const x = each.x.subarray(length % 5, (length % 5) + length);
      const out = guarded(new Float32Array(length), length % 7);
      backend.decode(x, each.type, out.view);
      out.check();
      expectSameBits(out.view, decoded(x, each.type), `${length}`);
    }
  });

  describe.each(cases(0))("$name", ({ name }) => {
    test.each([
      [1, 2, 2],
      [64, 10, 35],
      [100, 300, 5],
      [384, 20, 3],
      [2048, 1000, 2],
    ])(
      "%i features, %i classes, %i rows: the bits of the decoded features",
      async (features, classes, rows) => {
        const head = createHead({ features, classes }, backend);
        for (const any of [false, true]) {
          const each = cases(features * rows, any).find((one) => one.name === name) as Case;
          await expectSameResults(head, each.x, each.options, decoded(each.x, each.type));
        }
      },
    );

    test("a learned head", async () => {
      const head = createHead({ features: 20, classes: 7, code: "learned" }, backend);
      const each = cases(20 * 40).find((one) => one.name === name) as Case;
      await expectSameResults(head, each.x, each.options, decoded(each.x, each.type));
    });

    test("more rows than are decoded at a time", () => {
      const head = createHead({ features: 64, classes: 2 }, backend);
      const { options, ...each } = cases(64 * 99).find((one) => one.name === name) as Case;
      const length = 64 * (2 ** 14 + 1);
      const x = repeated(each.x, length);
      const values = repeated(decoded(each.x, each.type), length);
      expectSameBits(head.forward(x, options), head.forward(values), "logits");
      expectSameBits(head.probabilities(x, options), head.probabilities(values), "probabilities");
      const [got, expected] = [head.topK(x, 1, options), head.topK(values, 1)];
      expectSameBits(got.scores, expected.scores, "scores");
      expectSameBits(got.classes, expected.classes, "classes");
    });
  });

  describe.each([
    [256, 100],
    [512, 200],
    [512, 500],
    [768, 300],
    [1000, 700],
    [1024, 500],
    [1024, 1000],
    [2048, 300],
    [2048, 2000],
  ])("rows of %i features, %i classes", (features, classes) => {
    const head = createHead({ features, classes }, backend);
    const rows = 3;
    /** The numbers of every type that differ most from each other. */
    const extremes: Record<ReducedType, readonly number[]> = {
      float16: [0x0001, 0x83ff, 0x7bff, 0x8000],
      bfloat16: [0x0001, 0x807f, 0x1f80, 0x9e00, 0x8000],
      int8: [-128, 127, -1, 0],
    };

    test.each(["float16", "bfloat16", "int8"] as const)("%s at any offset", (type) => {
      for (let offset = 0; offset < 5; offset++) {
        const each = cases(offset + rows * features, offset > 2).find(({ name }) => name === type) as Case;
        const x = each.x.subarray(offset);
        expectSameBits(head.forward(x, each.options), head.forward(decoded(x, type)), `offset ${offset}`);
      }
    });

    test.each(["float16", "bfloat16", "int8"] as const)("%s, rows of the smallest and largest", (type) => {
      for (const one of extremes[type]) {
        const { x, options } = cases(rows * features).find(({ name }) => name === type) as Case;
        x.fill(one, features);
        x[2 * features] = extremes[type][0] as number;
        const out = new Float32Array(rows * classes);
        expectSameBits(head.forward(x, { ...options, out }), head.forward(decoded(x, type)), `${one}`);
      }
    });
  });

  test("featureScale divides the gradient by the features and nothing else", async () => {
    const head = createHead({ features: 48, classes: 10 }, backend);
    const x = bytes(48 * 33, 3);
    for (const featureScale of [0.1, 3, 2 ** -20, 1e30, 1e-30]) {
      const expected = await results(head, decoded(x, "int8"), {});
      const got = await results(head, x, { featureScale });
      for (const [name, array] of Object.entries(expected)) {
        const scaled = name.startsWith("features")
          ? Float32Array.from(array, (v) => v / Math.fround(featureScale))
          : array;
        expectSameBits(got[name] as typeof array, scaled, `${name}, ${featureScale}`);
      }
    }
  });

  test("a learned head has no norm: it gets the features times featureScale", async () => {
    const head = createHead({ features: 48, classes: 10, code: "learned" }, backend);
    const x = bytes(48 * 33, 3);
    const values = Float32Array.from(x, (v) => v * Math.fround(0.1));
    await expectSameResults(head, x, { featureScale: 0.1 }, values);
  });

  test("the same row of int8 again and again", () => {
    const head = createHead({ features: 64, classes: 10 }, backend);
    const x = bytes(64, 4);
    const out = new Float32Array(10);
    for (let i = 0; i < 50; i++) {
      // By the end it has been planned.
      for (let k = 0; k < 100; k++) head.forward(x, { out });
      x[0] = i;
      expectSameBits(head.forward(x, { out }), head.forward(Float32Array.from(x)), `call ${i}`);
    }
  });

  test("forwardAsync works on x as it was when it was called", async () => {
    const head = createHead({ features: 64, classes: 500 }, backend);
    for (const { x, type, options } of cases(64 * 50)) {
      const expected = head.forward(decoded(x, type));
      const promise = head.forwardAsync(x, options);
      x.fill(1);
      expectSameBits(await promise, expected, type);
    }
  });
});

test.each([1024, 65_536, 24 * 2048])("a transform of %i integers in float32 is exact", (n) => {
  for (const x of [bytes(n, n), new Int8Array(n).fill(-128)]) {
    const expected = fwht(Int32Array.from(x), { backend: reference });
    expectSameBits(fwht(decoded(x, "int8")), Float32Array.from(expected), `${n}`);
    expectSameBits(Float64Array.from(expected), fwht(Float64Array.from(x)), "int32 against float64");
  }
});

describe("what is refused", () => {
  const head = new FixedClassifier({ features: 4, classes: 3 });
  const loose = head as unknown as Loose;
  const out = new Float32Array(6).fill(5);
  const gradient = new Float32Array(8).fill(5);
  const calls: Record<string, (x: unknown, options: object) => unknown> = {
    forward: (x, options) => loose.forward?.(x, { out, ...options }),
    topK: (x, options) => loose.topK?.(x, 1, options),
    probabilities: (x, options) => loose.probabilities?.(x, { out, ...options }),
    backward: (x, options) =>
      loose.backward?.(x, new Float32Array(6), { out: { features: gradient }, ...options }),
    lossAndGradient: (x, options) =>
      loose.lossAndGradient?.(x, [0, 1], { out: { features: gradient }, ...options }),
  };
  const short = new Uint16Array(8);
  const byte = new Int8Array(8);
  const single = new Float32Array(8);
  const mistakes: [string, unknown, object, typeof TypeError | typeof RangeError, RegExp][] = [
    ["a Uint16Array without a type", short, {}, TypeError, /type: "float16" or "bfloat16"/],
    [
      "an unknown type",
      short,
      { type: "half" },
      RangeError,
      /type must be one of "float16", "bfloat16", got "half"/,
    ],
    ["a type that is no string", short, { type: 16 }, TypeError, /type must be one of/],
    ["a type for float32", single, { type: "float16" }, TypeError, /x is of type Float32Array: leave it out/],
    ["a type for int8", byte, { type: "bfloat16" }, TypeError, /x is of type Int8Array: leave it out/],
    ["a scale for float32", single, { featureScale: 1 }, TypeError, /featureScale is for an Int8Array/],
    ["a scale for float16", short, { type: "float16", featureScale: 1 }, TypeError, /is for an Int8Array/],
    ["a scale of 0", byte, { featureScale: 0 }, RangeError, /must be positive and finite in float32, got 0/],
    ["a negative scale", byte, { featureScale: -1 }, RangeError, /got -1/],
    [
      "a scale of NaN",
      byte,
      { featureScale: Number.NaN },
      RangeError,
      /featureScale must be finite, got NaN/,
    ],
    ["a scale beyond float32", byte, { featureScale: 1e39 }, RangeError, /got 1e\+39/],
    ["a scale below float32", byte, { featureScale: 1e-46 }, RangeError, /got 1e-46/],
    ["a scale that is no number", byte, { featureScale: "1" }, TypeError, /featureScale must be a number/],
    ["part of a row", new Int8Array(9), {}, RangeError, /x has 9 elements, no whole number of rows of 4/],
    [
      "an Int16Array",
      new Int16Array(8),
      {},
      TypeError,
      /x must be a Float32Array, Float16Array, Uint16Array or Int8Array/,
    ],
    ["a detached array", detach(new Uint8Array(8)), {}, TypeError, /x must be/],
  ];

  describe.each(Object.entries(calls))("by %s", (_, call) => {
    test.each(mistakes)("%s", (_, x, options, type, message) => {
      expect(() => call(x, options)).toThrow(type);
      expect(() => call(x, options)).toThrow(message);
      expect(out).toEqual(new Float32Array(6).fill(5));
      expect(gradient).toEqual(new Float32Array(8).fill(5));
    });
  });

  test.each(mistakes)("by forwardAsync: %s", async (_, x, options, type, message) => {
    const call = async (): Promise<unknown> => loose.forwardAsync?.(x, options);
    await expect(call()).rejects.toThrow(type);
    await expect(call()).rejects.toThrow(message);
  });

  test("an output in the memory of the features", () => {
    const buffer = new ArrayBuffer(64);
    const x = new Uint16Array(buffer, 0, 8);
    expect(() => head.forward(x, { type: "float16", out: new Float32Array(buffer, 12, 6) })).toThrow(
      /out overlaps an input/,
    );
    expect(head.forward(x, { type: "float16", out: new Float32Array(buffer, 16, 6) })).toHaveLength(6);
    const integers = new Int8Array(buffer, 3, 8);
    const before = integers.slice();
    expect(() => head.forward(integers, { out: new Float32Array(buffer, 8, 6) })).toThrow(
      /out overlaps an input/,
    );
    expect(integers).toEqual(before);
    expect(head.forward(integers, { out: new Float32Array(buffer, 12, 6) })).toHaveLength(6);
  });
});

const Half = Reflect.get(globalThis, "Float16Array") as
  | (new (
      buffer: ArrayBuffer,
      byteOffset: number,
      length: number,
    ) => Features)
  | undefined;

(Half === undefined ? test.skip : test)("Float16Array", async () => {
  const bits = halves(3 + 64 * 9, 5, "float16", true);
  const x = new (Half as NonNullable<typeof Half>)(bits.buffer as ArrayBuffer, 6, 64 * 9);
  for (const code of ["hadamard", "learned"] as const) {
    const head = new FixedClassifier({ features: 64, classes: 30, code });
    await expectSameResults(head, x, {}, decoded(bits.subarray(3), "float16"));
  }
  const loose = new FixedClassifier({ features: 64, classes: 30 }) as unknown as Loose;
  expect(() => loose.forward?.(x, { type: "float16" })).toThrow(/x is of type Float16Array: leave it out/);
});
