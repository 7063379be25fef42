/** The best classes of a product code, scored again by the vectors that it was made of. */

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Backend, FixedClassifier, type HeadJson } from "../../lib/index.js";
import { reference as js, onEachBackend } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { createOnJs as create, createHead, rowsOf } from "../support/heads.js";
import { floats, generator } from "../support/random.js";

const { abs, floor, fround, max, min, sqrt } = Math;

/** The number nearest to v that float16 has, by the definition; ties to even. */
function half(v: number): number {
  const size = abs(v);
  const exponent = size < 2 ** -14 ? -14 : floor(Math.log2(size));
  const unit = 2 ** (exponent - 10);
  const [whole, rest] = [floor(size / unit), (size / unit) % 1];
  const up = rest > 0.5 || (rest === 0.5 && whole % 2 === 1);
  return (v < 0 ? -1 : 1) * (whole + (up ? 1 : 0)) * unit;
}

interface Case {
  readonly features: number;
  readonly classes: number;
  readonly weights: Float32Array;
  readonly bias: Float32Array | null;
  readonly normalised: boolean;
  readonly scale: number;
  readonly own?: object;
}

const headOf = ({ features, classes, weights, bias, normalised, scale, own }: Case, backend: Backend) =>
  createHead(
    {
      features,
      classes,
      scale,
      code: { name: "product", weights, normalised, stages: 2, originals: { weights, bias }, ...own },
    },
    backend,
  );

/** Scores of all classes by the definition, in float64, and rounded once. */
function scoresOf({ features, weights, bias, normalised, scale }: Case, row: Float32Array): Float32Array {
  const length = normalised ? sqrt(row.reduce((sum, v) => sum + v * v, 0)) + 1e-8 : 1;
  return Float32Array.from(rowsOf(weights, features), (w, c) => {
    const product = w.reduce((sum, v, i) => sum + half(v) * (row[i] as number), 0);
    return scale * (product / length + (bias?.[c] ?? 0));
  });
}

/** By larger score, then by lower class; NaN last. */
function best(classes: readonly number[], score: (c: number) => number, k: number): number[] {
  const rank = (c: number) => (Number.isNaN(score(c)) ? -Infinity : score(c));
  const nan = (c: number) => Number(Number.isNaN(score(c)));
  return [...classes]
    .sort((a, b) => nan(a) - nan(b) || (rank(a) === rank(b) ? a - b : rank(b) - rank(a)))
    .slice(0, k);
}

const cases = fc
  .record({
    features: fc.integer({ min: 12, max: 80 }),
    classes: fc.integer({ min: 1, max: 60 }),
    rows: fc.integer({ min: 0, max: 4 }),
    normalised: fc.boolean(),
    withBias: fc.boolean(),
    ties: fc.boolean(),
    scale: fc.constantFrom(1, 0.37, -2, 30),
    width: fc.constantFrom(2, 4),
    rotation: fc.constantFrom(false as const, 3),
    seed: fc.nat(),
  })
  .map(({ width, rotation, withBias, ties, rows, seed, ...shape }) => {
    const { features, classes } = shape;
    const draw = (length: number, of: number) => {
      const values = floats(length, seed + of);
      return ties ? values.map((v) => min(1, max(-1, floor(v)))) : values;
    };
    const own = { width, rotation };
    const weights = draw(features * classes, 0);
    return {
      of: { ...shape, own, weights, bias: withBias ? draw(classes, 1) : null, scale: fround(shape.scale) },
      x: draw(rows * features, 2),
      rows,
      random: generator(seed),
    };
  });

onEachBackend((backend) => {
  test("the best of the code's best, by the originals in float64, ties to the lowest class", () => {
    fc.assert(
      fc.property(cases, ({ of, x, rows, random }) => {
        const { features, classes } = of;
        const head = headOf(of, backend);
        const k = 1 + floor(random() * classes);
        const rerank = k + floor(random() * (classes - k + 1));
        const candidates = head.topK(x, rerank).classes;
        const top = head.topK(x, k, { rerank });
        expect([top.classes.length, top.scores.length]).toEqual([rows * k, rows * k]);
        const plain = headOf(of, js).topK(x, k, { rerank });
        expect(top.classes).toEqual(plain.classes);
        expectSameBits(top.scores, plain.scores);
        rowsOf(x, features).forEach((row, r) => {
          const scores = scoresOf(of, row);
          const among = [...candidates.subarray(r * rerank, (r + 1) * rerank)];
          const expected = best(among, (c) => scores[c] as number, k);
          expect([...top.classes.subarray(r * k, (r + 1) * k)]).toEqual(expected);
          expectSameBits(
            top.scores.subarray(r * k, (r + 1) * k),
            Float32Array.from(expected, (c) => scores[c] as number),
          );
        });
      }),
      { numRuns: 60 },
    );
  });

  test("all classes scored again are in the order of the dense layer, of thousands of rows too", () => {
    const [features, classes, rows] = [16, 70, 1500];
    const weights = floats(features * classes, 5).map(half);
    const bias = floats(classes, 6);
    const of = { features, classes, weights, bias, normalised: false, scale: 1 };
    const x = floats(rows * features, 7);
    const { classes: got } = headOf(of, backend).topK(x, classes, { rerank: classes });
    rowsOf(x, features).forEach((row, r) => {
      if (r % 17 !== 0) return;
      const scores = scoresOf(of, row);
      const order = best([...scores.keys()], (c) => scores[c] as number, classes);
      expect([...got.subarray(r * classes, (r + 1) * classes)]).toEqual(order);
    });
  });

  test("hundreds of best are in the same order as few", () => {
    const [features, classes, rows] = [16, 900, 3];
    // Of small integers, so that many are equal.
    const weights = floats(features * classes, 8).map((v) => min(1, max(-1, floor(v))));
    const of = { features, classes, weights, bias: null, normalised: false, scale: 1 };
    const x = floats(rows * features, 9).map(floor);
    x[features] = Number.NaN;
    const head = headOf(of, backend);
    (head.bias as Float32Array)[5] = -Infinity;
    const [most, few, rerank] = [600, 511, 800];
    const { classes: got, scores } = head.topK(x, most, { rerank });
    const fewer = head.topK(x, few, { rerank });
    for (let r = 0; r < rows; r++) {
      expect(got.subarray(r * most, r * most + few)).toEqual(fewer.classes.subarray(r * few, (r + 1) * few));
      expectSameBits(
        scores.subarray(r * most, r * most + few),
        fewer.scores.subarray(r * few, (r + 1) * few),
      );
    }
  });

  test("features of 16 and 8 bits are those that they mean", () => {
    for (const normalised of [true, false]) {
      const of = {
        features: 24,
        classes: 30,
        weights: floats(24 * 30, 1),
        bias: floats(30, 2),
        normalised,
        scale: 3,
      };
      const head = headOf(of, backend);
      const bits = Uint16Array.from(
        floats(5 * 24, 3),
        (v) => (v < 0 ? 0xb800 : 0x3800) + floor(abs(v) * 200),
      );
      const int8 = Int8Array.from(floats(5 * 24, 4), (v) => v * 50);
      const decoded = { float16: new Float32Array(bits.length), bfloat16: new Float32Array(bits.length) };
      for (const type of ["float16", "bfloat16"] as const) {
        js.decode(bits, type, decoded[type]);
        const got = head.topK(bits, 3, { rerank: 8, type });
        expect(got).toEqual(head.topK(decoded[type], 3, { rerank: 8 }));
      }
      const featureScale = 0.25;
      const factor = normalised ? 1 : featureScale;
      const got = head.topK(int8, 3, { rerank: 8, featureScale });
      expect(got).toEqual(
        head.topK(
          Float32Array.from(int8, (v) => v * factor),
          3,
          { rerank: 8 },
        ),
      );
    }
  });

  test("NaN is below everything, and a masked class stays so", () => {
    const of = { features: 8, classes: 20, weights: floats(160, 1), bias: null, normalised: false, scale: 1 };
    const head = headOf(of, backend);
    const x = floats(3 * 8, 2);
    const clean = head.topK(x, 4, { rerank: 20 });
    const masked = clean.classes[0] as number;
    (head.bias as Float32Array)[masked] = -Infinity;
    x[8 + 3] = Number.NaN;
    const { classes, scores } = head.topK(x, 4, { rerank: 20 });
    expect([...classes.subarray(0, 3)]).toEqual([...clean.classes.subarray(1, 4)]);
    expect([...classes.subarray(4, 8)]).toEqual([0, 1, 2, 3]);
    expect([...scores.subarray(4, 8)]).toEqual(Array(4).fill(Number.NaN));
    const all = head.topK(x.subarray(0, 8), 20, { rerank: 20 });
    expect([all.classes[19], all.scores[19]]).toEqual([masked, -Infinity]);
  });

  test("classes without originals, those of withClasses too, keep their logits by the code", () => {
    const of = {
      features: 16,
      classes: 20,
      weights: floats(160, 1),
      bias: floats(10, 2),
      normalised: false,
      scale: 2,
    };
    const head = headOf(of, backend);
    const more = head.withClasses(33);
    const x = floats(4 * 16, 3);
    for (const of20 of [head, more]) {
      const { classes } = of20;
      const logits = rowsOf(of20.forward(x), classes);
      const top = of20.topK(x, classes, { rerank: classes });
      rowsOf(x, 16).forEach((row, r) => {
        const scores = scoresOf(of, row);
        const score = (c: number) => (c < 10 ? scores[c] : logits[r]?.[c]) as number;
        const expected = best([...(logits[r] as Float32Array).keys()], score, classes);
        expect([...top.classes.subarray(r * classes, (r + 1) * classes)]).toEqual(expected);
        expectSameBits(
          top.scores.subarray(r * classes, (r + 1) * classes),
          Float32Array.from(expected, score),
        );
      });
    }
  });
});

describe("originals", () => {
  const weights = floats(60, 1);
  const bias = floats(5, 2);
  const originals = { weights, bias };
  const shape = { features: 12, classes: 5 };
  const make = (own: object) => create({ ...shape, code: { name: "product", ...own } } as never);
  interface Kept {
    readonly weights: Uint16Array;
    readonly bias: Float32Array | null;
  }
  const keptBy = (head: FixedClassifier) => (head.settings.code as { originals: Kept | null }).originals;
  const kept = keptBy(make({ originals })) as Kept;

  test("are kept as float16, of which they may be given the bits; as an own copy", () => {
    const values = new Float32Array(60);
    js.decode(kept.weights, "float16", values);
    expectSameBits(values, weights.map(half));
    expect(kept.bias).toEqual(bias);
    const bits = kept.weights.slice();
    const again = keptBy(make({ originals: { weights: bits } })) as Kept;
    bits.fill(0);
    expect(again).toEqual({ weights: kept.weights, bias: null });
    expect(keptBy(make({}))).toBeNull();
    expect(keptBy(make({ originals: null }))).toBeNull();
  });

  test("are shared by heads of the same settings", () => {
    const head = make({ originals });
    expect(keptBy(head.withClasses(9))?.weights).toBe(keptBy(head)?.weights);
  });

  test("are rounded to even, and may be denormal", () => {
    const given = [1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 ** -24, 2 ** -25, 3 * 2 ** -25, -(2 ** -26), 65519, -0];
    const [head, values] = [
      make({ originals: { weights: Float32Array.from([...given, 0, 0, 0, 0]) } }),
      new Float32Array(12),
    ];
    js.decode((keptBy(head) as Kept).weights, "float16", values);
    expect([...values.subarray(0, 8)]).toEqual([1, 1 + 2 ** -9, 2 ** -24, 0, 2 ** -23, -0, 65504, -0]);
  });

  test.each([
    ["with a bias", originals, 5],
    ["without", { weights }, 5],
    ["of some classes", { weights: weights.subarray(0, 24), bias: [3, -0] }, 2],
  ])("%s go through files and JSON", (_, given, known) => {
    const head = make({ weights, stages: 2, normalised: false, originals: given });
    head.scale = 0.5;
    const x = floats(48, 4);
    const top = head.topK(x, 2, { rerank: 4 });
    const file = head.toSafetensors();
    const fromFile = FixedClassifier.fromSafetensors(file, { backend: js });
    const fromJson = FixedClassifier.fromJSON(JSON.parse(JSON.stringify(head)) as HeadJson, { backend: js });
    for (const copy of [fromFile, fromJson]) {
      expect(copy.settings).toEqual(head.settings);
      const { classes, scores } = copy.topK(x, 2, { rerank: 4 });
      expect(classes).toEqual(top.classes);
      expectSameBits(scores, top.scores);
      expect(copy.toSafetensors()).toEqual(file);
    }
    const header = headerOf(file);
    expect(header["code.originals"]).toMatchObject({ dtype: "F16", shape: [known, 12] });
    expect(header["code.originals_bias"] !== undefined).toBe("bias" in given);
    // What a file brought is kept as it is.
    const copied = FixedClassifier.fromJSON(fromFile.toJSON());
    expect(keptBy(copied)).toEqual(keptBy(fromFile));
    expect(keptBy(fromFile.withClasses(7))?.weights).toBe(keptBy(fromFile)?.weights);
  });

  const headerOf = (file: Uint8Array) => {
    const length = Number(new DataView(file.buffer).getBigUint64(0, true));
    return JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))) as Record<string, object>;
  };

  /** A file with another text in its header, of the same length. */
  const changed = (file: Uint8Array, from: string, to: string): Uint8Array => {
    const length = Number(new DataView(file.buffer).getBigUint64(0, true));
    const text = new TextDecoder().decode(file.subarray(8, 8 + length));
    expect(text).toContain(from);
    const copy = file.slice();
    copy.set(new TextEncoder().encode(text.replace(from, to).padEnd(length)), 8);
    return copy;
  };

  test("that a file has wrong are refused", () => {
    const file = make({ originals }).toSafetensors();
    const read = (bytes: Uint8Array) => () => FixedClassifier.fromSafetensors(bytes, { backend: js });
    for (const [from, to, message] of [
      [
        '"F16","shape":[5,12]',
        '"F16","shape":[6,10]',
        /tensor originals has vectors of 10 features, expected 12/,
      ],
      [
        '"F16","shape":[5,12]',
        '"BF16","shape":[5,12]',
        /option "originals" of code "product" is a tensor of BF16/,
      ],
      [
        '"F16","shape":[5,12]',
        '"F16","shape":[60]',
        /option "originals" of code "product" is a tensor of F16/,
      ],
      [
        'originals_bias":{"dtype":"F32","shape":[5]',
        'originals_bias":{"dtype":"U32","shape":[5]',
        /tensor originals_bias must be F32 of shape \[5\]/,
      ],
      ['"code.originals"', '"code.original"', /code "product" has no option "original(_bias|s_bias)?"/],
      ['"code.originals"', '"not.originals"', /code "product" has no option "originals_bias"/],
    ] as const) {
      expect(read(changed(file, from, to))).toThrow(RangeError);
      expect(read(changed(file, from, to))).toThrow(message);
    }
    const at = file.length - 20 - 2 * 60 + 2 * 25 + 1;
    const nan = file.slice();
    nan[at] = 0x7e;
    expect(read(nan)).toThrow(/originals.weights of class 2 is not finite in float16: feature 1 is NaN/);
  });

  test("that do not fit are refused, by name", () => {
    const refuse = (given: unknown, type: ErrorConstructor, message: RegExp) => {
      expect(() => make({ originals: given })).toThrow(type);
      expect(() => make({ originals: given })).toThrow(message);
    };
    refuse(
      { weights: new Float32Array(13) },
      RangeError,
      /originals.weights has 13 elements: 12 features a class for at most 5/,
    );
    refuse({ weights: new Float32Array(72) }, RangeError, /originals.weights has 72 elements/);
    refuse({ weights: new Float32Array() }, RangeError, /originals.weights has 0 elements/);
    refuse(
      { weights: new Float64Array(12) },
      TypeError,
      /originals.weights must be a Float32Array, Uint16Array or Float16Array/,
    );
    refuse({}, TypeError, /originals.weights must be a/);
    refuse({ weights: [1.5] }, TypeError, /originals.weights\[0\] must be an integer/);
    refuse({ weights: [65536] }, RangeError, /originals.weights\[0\] is 65536/);
    refuse({ weights, scale: 3 }, TypeError, /originals has no option "scale"/);
    refuse(weights, TypeError, /options of originals must be an object/);
    refuse(
      { weights, bias: [1, 2] },
      RangeError,
      /originals.bias has 2 elements for the vectors of 5 classes/,
    );
    refuse({ weights, bias: "none" }, TypeError, /originals.bias must be a Float32Array/);
    for (const bad of [Number.NaN, -Infinity, 1e39, "1", null]) {
      refuse(
        { weights, bias: [0, 0, 0, bad, 0] },
        RangeError,
        /originals.bias must be finite in float32, got .* for class 3/,
      );
    }
    for (const bad of [Number.NaN, Infinity, 65520, -1e9]) {
      const broken = weights.slice();
      broken[31] = bad;
      refuse(
        { weights: broken },
        RangeError,
        new RegExp(`of class 2 is not finite in float16: feature 7 is ${bad}`),
      );
    }
    refuse(
      { weights: new Uint16Array(60).fill(0xfc00, 59) },
      RangeError,
      /of class 4 is not finite in float16: feature 11 is -Infinity/,
    );
  });

  test("are needed for rerank, which is from k to the classes", () => {
    const x = new Float32Array(12);
    const head = make({ originals });
    for (const rerank of [0, 2, 6, 3.5, Number.NaN]) {
      expect(() => head.topK(x, 3, { rerank })).toThrow(
        new RangeError(`rerank must be an integer from 3 to 5, got ${rerank}`),
      );
    }
    expect(() => head.topK(x, 3, { rerank: "4" as never })).toThrow(TypeError);
    expect(head.topK(x, 3, { rerank: null as never })).toEqual(head.topK(x, 3));
    for (const without of [make({}), create(shape), create({ ...shape, code: "learned" })]) {
      expect(() => without.topK(x, 3, { rerank: 4 })).toThrow(TypeError);
      expect(() => without.topK(x, 3, { rerank: 4 })).toThrow(
        /this head has none; make it with `originals`, an option/,
      );
    }
  });
});
