/** Product codes: class vectors of short signed Hadamard rows. */

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { FixedClassifier, FixedClassifierOptions, Labels } from "../../lib/index.js";
import { onEachBackend } from "../support/backends.js";
import { largest, largestError } from "../support/bits.js";
import { createOnJs as create, createHead, referenceOf, rowsOf } from "../support/heads.js";
import { floats, KINDS, labels } from "../support/random.js";
import {
  crossEntropy,
  entry,
  gradient,
  logitGradient,
  logits,
  weightGradient,
} from "../support/reference.js";
import { tableVectors } from "../support/tables.js";

// Looking up a global is slow in Jest's sandbox.
const { abs, ceil, floor, hypot, max, min, sqrt } = Math;
const WIDTHS = [2, 4, 8, 16, 32] as const;

const product = (features: number, classes: number, own: object = {}): FixedClassifier =>
  create({ features, classes, code: { name: "product", ...own } } as FixedClassifierOptions);

/** The vectors that an assignment means, by the definition. */
const vectorsOf = (assignment: ArrayLike<number>, features: number, width: number): number[][] => {
  const count = ceil(features / width);
  return Array.from({ length: assignment.length / count }, (_, c) =>
    Array.from({ length: features }, (_, f) => {
      const row = assignment[c * count + floor(f / width)] as number;
      return (row < width ? 1 : -1) * entry(row % width, f % width);
    }),
  );
};

describe("an assignment", () => {
  const shape = fc.constantFrom(...WIDTHS).chain((width) =>
    fc
      .record({ features: fc.integer({ min: width, max: 100 }), classes: fc.integer({ min: 1, max: 40 }) })
      .chain(({ features, classes }) => {
        const length = classes * ceil(features / width);
        return fc.record({
          width: fc.constant(width),
          features: fc.constant(features),
          classes: fc.constant(classes),
          assignment: fc.uint8Array({ minLength: length, maxLength: length, max: 2 * width - 1 }),
        });
      }),
  );

  test("is the vectors that it means, and is read as it was given", () => {
    fc.assert(
      fc.property(shape, ({ width, features, classes, assignment }) => {
        fc.pre(classes <= (2 * width) ** floor(features / width));
        const { code } = product(features, classes, { width, assignment });
        expect(tableVectors(code.table).map((v) => Array.from(v))).toEqual(
          vectorsOf(assignment, features, width),
        );
        expect(code.assignment).toEqual(assignment);
      }),
    );
  });

  test("of some classes leaves the others as they would be", () => {
    const all = product(20, 40, { seed: 3 }).code.assignment as Uint8Array;
    const some = product(20, 40, { seed: 3, assignment: all.subarray(0, 7 * 5) }).code.assignment;
    expect(some).toEqual(all);
    const other = product(20, 40, { seed: 3, assignment: new Uint8Array(5).fill(6) }).code.assignment;
    expect(other?.subarray(5)).toEqual(all.subarray(5));
    expect(other?.subarray(0, 5)).toEqual(new Uint8Array(5).fill(6));
  });

  test("is null for other codes", () => {
    expect(create({ features: 8, classes: 4 }).code.assignment).toBeNull();
  });
});

describe("random vectors", () => {
  test("are all there are, none twice, where they are few", () => {
    const vectors = tableVectors(product(4, 8).code.table).map(String);
    expect(new Set(vectors).size).toBe(8);
    for (const [features, width, all] of [
      [5, 4, 16],
      [6, 4, 32],
      [7, 4, 64],
      [8, 4, 64],
      [11, 8, 128],
    ] as const) {
      const each = tableVectors(product(features, all, { width }).code.table).map(String);
      expect(new Set(each).size).toBe(all);
      expect(() => product(features, all + 1, { width })).toThrow(
        `has ${all} vectors at ${features} features`,
      );
    }
  });

  test("avoid those that are given", () => {
    const assignment = [0, 1, 2, 3, 4, 5, 6];
    expect([...(product(4, 8, { assignment }).code.assignment as Uint8Array)]).toEqual([...assignment, 7]);
  });

  test("are those of the seed on every machine", () => {
    expect([...(product(16, 3, { seed: 5 }).code.assignment as Uint8Array)]).toEqual(RANDOM);
  });

  test("have small products", () => {
    const { absolute } = product(512, 200, { width: 8 }).code.coherence;
    expect(absolute).toBeLessThan(0.4);
  });
});
const RANDOM = [0, 6, 7, 5, 5, 2, 0, 5, 0, 4, 6, 4];

describe("rounding", () => {
  /** By the definition, in float64. */
  function nearest(weights: Float32Array, features: number, width: number): number[] {
    return rowsOf(weights, features).flatMap((w) =>
      Array.from({ length: ceil(features / width) }, (_, j) => {
        const products = Array.from({ length: width }, (_, row) => {
          let sum = 0;
          for (let i = 0; i < width && j * width + i < features; i++)
            sum += entry(row, i) * (w[j * width + i] as number);
          return sum;
        });
        const row = products.findIndex((p) => abs(p) === max(...products.map(abs)));
        return (products[row] as number) < 0 ? row + width : row;
      }),
    );
  }

  test("takes the nearest row, of integers, where every sum is exact", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...WIDTHS),
        fc.integer({ min: 32, max: 70 }),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(),
        fc.constantFrom(1, 2, 1000),
        (width, features, classes, seed, size) => {
          const weights = floats(features * classes, seed).map((v) => floor(v * size));
          const expected = nearest(weights, features, width);
          expect([...product(features, 2, { width }).round(weights)]).toEqual(expected);
          const head = product(features, classes, { width, weights });
          expect([...(head.code.assignment as Uint8Array)]).toEqual(expected);
        },
      ),
    );
  });

  test("gives a vector of the code back", () => {
    for (const width of WIDTHS) {
      const head = product(67, 30, { width });
      const vectors = Float32Array.from(tableVectors(head.code.table).flatMap((v) => Array.from(v)));
      const last = 67 % width;
      // What is left of a row may be the beginning of a lower one too.
      const same = (a: number, b: number) => abs(a - b) % 1 === 0;
      const rounded = head.round(vectors);
      expect(rounded).toHaveLength(30 * ceil(67 / width));
      if (last === 0) expect(rounded).toEqual(head.code.assignment);
      else
        expect(rounded.every((v, i) => same(v, (head.code.assignment as Uint8Array)[i] as number))).toBe(
          true,
        );
      expect(vectorsOf(rounded, 67, width).flat()).toEqual([...vectors]);
    }
  });

  test("of zeros is row 0, and of huge numbers what it is of small ones", () => {
    const head = product(16, 2, { width: 8 });
    expect([...head.round(new Float32Array(32))]).toEqual([0, 0, 0, 0]);
    expect([...head.round(new Float32Array(16).fill(-0))]).toEqual([0, 0]);
    expect(head.round(floats(16, 3).map((v) => v * 2 ** 125))).toEqual(head.round(floats(16, 3)));
    expect(head.round(new Float32Array())).toHaveLength(0);
  });

  test("in stages rounds what the stages before leave, each with the magnitude that comes nearest", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...WIDTHS),
        fc.integer({ min: 32, max: 70 }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        fc.nat(),
        (width, features, stages, normalised, seed) => {
          fc.pre(stages > 1 || !normalised);
          const weights = floats(features * 3, seed);
          const head = product(features, 3, { width, stages, normalised, weights });
          const { magnitudes } = head.code.options as { magnitudes: Float32Array };
          const assignment = head.code.assignment as Uint8Array;
          expect(head.round(weights)).toEqual(assignment);
          const count = ceil(features / width);
          rowsOf(weights, features).forEach((w, c) => {
            const norm = normalised ? hypot(...w) : 1;
            let rest = Array.from(w, (v) => v / norm);
            for (let stage = 0; stage < stages; stage++) {
              const at = c * stages + stage;
              const rows = assignment.subarray(at * count, (at + 1) * count);
              const [vector] = vectorsOf(rows, features, width) as [number[]];
              const best = nearest(Float32Array.from(rest), features, width);
              const [ideal] = vectorsOf(best, features, width) as [number[]];
              const along = (v: number[]): number =>
                v.reduce((sum, s, i) => sum + s * (rest[i] as number), 0);
              // Another row may be as near but for rounding.
              expect(abs(along(vector) - along(ideal))).toBeLessThan(1e-4 * max(1, along(ideal)));
              const mean = along(vector) / features;
              expect(abs((magnitudes[at] as number) - mean * sqrt(features))).toBeLessThan(
                1e-5 * max(1, mean * 9),
              );
              rest = rest.map((v, i) => v - mean * (vector[i] as number));
            }
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  test("with stages comes nearer and nearer", () => {
    const weights = floats(128 * 5, 4);
    const errors = [1, 2, 3, 4].map((stages) => {
      const { table } = product(128, 5, { width: 8, stages, normalised: false, weights }).code;
      const vectors = tableVectors(table).flatMap((v) => Array.from(v, (e) => e / sqrt(128)));
      return hypot(...weights.map((w, i) => w - (vectors[i] as number)));
    });
    for (let i = 1; i < 4; i++) expect(errors[i] as number).toBeLessThan(0.8 * (errors[i - 1] as number));
  });

  test("of a row of zeros is a vector of zeros where there are magnitudes", () => {
    const head = product(16, 2, { stages: 2, weights: new Float32Array(16) });
    expect([...(head.code.options as { magnitudes: Float32Array }).magnitudes]).toEqual([0, 0]);
    expect(head.forward(floats(16, 1))[0]).toBe(0);
    expect(head.code.coherence).toEqual({ absolute: 0, signed: 0 });
  });

  test("refuses what is not finite, by the class", () => {
    const weights = new Float32Array(48);
    weights[37] = Number.NaN;
    expect(() => product(16, 3).round(weights)).toThrow(
      new RangeError("weights of class 2 are not finite: feature 5 is NaN"),
    );
    for (const own of [{}, { stages: 2 }, { rotation: 1 }, { normalised: false }]) {
      expect(() => product(16, 3, { weights, ...own })).toThrow(
        /weights of class 2 are not finite: feature 5/,
      );
      expect(() => product(16, 3, own).round(weights)).toThrow(
        /weights of class 2 are not finite: feature 5/,
      );
    }
    expect(() => product(16, 3).round(new Float32Array(17))).toThrow(
      /no whole number of rows of 16 features/,
    );
    expect(() => product(16, 3).round([1] as never)).toThrow(TypeError);
    expect(() => create({ features: 16, classes: 3 }).round(weights)).toThrow(
      new TypeError('rounding is for heads of code "product", and this one is of code "hadamard"'),
    );
  });
});

onEachBackend((backend) => {
  test("rounds as plain TypeScript does, ties, large numbers and NaN too", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...WIDTHS),
        fc.integer({ min: 32, max: 150 }),
        fc.integer({ min: 0, max: 40 }),
        fc.constantFrom("normal" as const, ...KINDS),
        fc.nat(),
        (width, features, count, kind, seed) => {
          const weights = floats(features * count, seed, kind).map((v) => (Number.isFinite(v) ? v : 0));
          const ties = weights.map((v) => min(2, max(-2, floor(v))));
          const code = { name: "product", width } as const;
          const head = createHead({ features, classes: 2, code }, backend);
          const expected = product(features, 2, { width });
          for (const rows of [weights, ties]) expect(head.round(rows)).toEqual(expected.round(rows));
          if (count === 0) return;
          weights[seed % weights.length] = seed % 2 ? Number.NaN : -Infinity;
          const message = `weights of class ${floor((seed % weights.length) / features)} are not finite`;
          expect(() => head.round(weights)).toThrow(message);
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([
    { features: 70, classes: 12, own: {} },
    { features: 96, classes: 40, own: { width: 2 } },
    { features: 45, classes: 9, own: { width: 8 } },
    { features: 64, classes: 1100, own: { width: 8 } },
    { features: 80, classes: 20, own: { width: 16 } },
    { features: 75, classes: 17, own: { width: 32 } },
    { features: 70, classes: 12, own: { stages: 2 } },
    { features: 60, classes: 1030, own: { width: 8, stages: 4, rotation: 1 } },
    { features: 96, classes: 21, own: { normalised: false, rotation: 0 } },
    { features: 64, classes: 21, own: { width: 16, normalised: false, stages: 3 } },
    { features: 33, classes: 10, own: { width: 8, normalised: false, magnitudes: [2, 0.5, 0, 3] } },
  ])("$features → $classes of $own: everything by its definition", ({ features, classes, own }) => {
    const rows = 5;
    const x = floats(rows * features, 1);
    const y: Labels = labels(rows, classes, 2);
    const options = { features, classes, code: { name: "product", ...own } } as const;
    const head = createHead(options, backend);
    const definition = referenceOf(head);
    const z = rowsOf(head.forward(x), classes);
    const best = head.topK(x, 3);
    const expected = {
      features: [] as number[],
      scale: 0,
      bias: new Float64Array(classes),
      weights: new Float64Array(classes * features),
      loss: 0,
    };
    rowsOf(x, features).forEach((row, r) => {
      const exact = logits(definition, row);
      expect(largestError(z[r] as Float32Array, exact)).toBeLessThan(4e-6 * max(1, largest(exact)));
      expect(z[r]?.[best.classes[3 * r] as number]).toBe(max(...(z[r] as Float32Array)));
      expected.loss += crossEntropy(exact, y[r] as number, 0.1);
      const g = logitGradient(exact, y[r] as number, 0.1);
      const of = gradient(definition, row, g);
      expected.features.push(...of.features);
      expected.scale += of.scale;
      g.forEach((v, c) => {
        expected.bias[c] = (expected.bias[c] as number) + v;
      });
      weightGradient(definition, row, g).forEach((v, i) => {
        expected.weights[i] = (expected.weights[i] as number) + v;
      });
    });
    const smoothed = { labelSmoothing: 0.1, reduction: "sum" } as const;
    const got = head.lossAndGradient(x, y, { ...smoothed, weightGradient: true });
    expect(abs(got.loss - expected.loss)).toBeLessThan(1e-5 * expected.loss);
    expect(largestError(got.gradient.features, expected.features)).toBeLessThan(
      3e-5 * largest(expected.features),
    );
    expect(abs((got.gradient.scale as number) - expected.scale)).toBeLessThan(
      3e-4 * max(1, abs(expected.scale)),
    );
    expect(largestError(got.gradient.bias as Float32Array, expected.bias)).toBeLessThan(
      3e-5 * largest(expected.bias),
    );
    const weights = got.gradient.weights as Float32Array;
    expect(largestError(weights, expected.weights)).toBeLessThan(3e-5 * largest(expected.weights));
    const without = head.lossAndGradient(x, y, smoothed);
    expect(without).toEqual({ loss: got.loss, gradient: { ...got.gradient, weights: null } });
    const some = [classes - 1, 0, 3];
    const named = head.lossAndGradient(x, y, { ...smoothed, weightGradient: some });
    const ofClass = (c: number) => [...weights.subarray(c * features, (c + 1) * features)];
    expect([...(named.gradient.weights as Float32Array)]).toEqual(some.flatMap(ofClass));
  });
});

describe("bad options", () => {
  const refuse = (
    own: object,
    error: typeof RangeError | typeof TypeError,
    message: RegExp,
    features = 12,
  ): void => {
    expect(() => product(features, 5, own)).toThrow(error);
    expect(() => product(features, 5, own)).toThrow(message);
  };

  test("a width", () => {
    for (const width of [3, 6, 24]) refuse({ width }, RangeError, /width must be 2, 4, 8, 16, 32, got/);
    for (const width of [1, 0, 64, 2.5])
      refuse({ width }, RangeError, /width must be an integer from 2 to 32/);
    refuse({ width: "4" }, TypeError, /width must be a number/);
    refuse({ width: 16 }, RangeError, /width must be at most the 12 features, got 16/);
    refuse({}, RangeError, /needs at least 2 features, got 1/, 1);
    expect(product(3, 5).code.options).toMatchObject({ width: 2 });
  });

  test("an assignment", () => {
    refuse(
      { assignment: [0, 1] },
      RangeError,
      /assignment has 2 elements: 3 sub-vectors a class for at most 5/,
    );
    refuse({ assignment: new Uint8Array(18) }, RangeError, /assignment has 18 elements/);
    refuse({ assignment: [] }, RangeError, /assignment has 0 elements/);
    refuse({ assignment: [0, 1, 8] }, RangeError, /assignment\[2\] is 8: it must be from 0 to 7/);
    refuse({ assignment: [0, 1, -1] }, RangeError, /assignment\[2\] is -1/);
    refuse({ assignment: [0, 1, 0.5] }, TypeError, /assignment\[2\] must be an integer/);
    refuse({ assignment: "all" }, TypeError, /assignment must be an array of integers/);
    refuse(
      { assignment: [0, 1, 2], weights: new Float32Array(12) },
      TypeError,
      /assignment and weights are both given/,
    );
  });

  test("weights", () => {
    refuse({ weights: [1, 2] }, TypeError, /weights must be a Float32Array/);
    refuse(
      { weights: new Float32Array(13) },
      RangeError,
      /weights has 13 elements: 12 features a class for at most 5/,
    );
    refuse({ weights: new Float32Array(72) }, RangeError, /weights has 72 elements/);
  });

  test("packed rows", () => {
    refuse(
      { packed: new Uint32Array(15) },
      RangeError,
      /packed has 15 words: 16 for each of at most 1 groups/,
    );
    refuse({ packed: new Uint32Array(32) }, RangeError, /packed has 32 words/);
    refuse(
      { packed: new Uint32Array(16).fill(0x4) },
      RangeError,
      /packed\[0\] is 4: it has bits that no rows of width 4/,
    );
    refuse({ packed: new Uint32Array(16).fill(0x1000) }, RangeError, /packed\[0\] is 4096/);
    refuse({ packed: "words" }, TypeError, /packed must be a Uint32Array/);
    refuse({ packed: [-1] }, RangeError, /packed\[0\] must be an integer from 0 to 4294967295/);
  });

  test("stages, a rotation, and whether rows are divided by their norm", () => {
    for (const stages of [0, 5, 1.5]) refuse({ stages }, RangeError, /stages must be an integer from 1 to 4/);
    refuse({ stages: "2" }, TypeError, /stages must be a number/);
    refuse({ rotation: -1 }, RangeError, /rotation must be an integer from 0 to 4294967295/);
    refuse({ rotation: true }, TypeError, /rotation must be a number/);
    refuse({ normalised: 1 }, TypeError, /normalised must be true or false/);
    refuse(
      { stages: 2, assignment: [0, 1, 2] },
      RangeError,
      /3 elements: 6 sub-vectors in all stages a class/,
    );
  });

  test("magnitudes", () => {
    refuse(
      { magnitudes: [1, 2, 3, 4, 5, 6] },
      RangeError,
      /magnitudes has 6 elements: 1 stage a class for at most 5/,
    );
    refuse({ stages: 2, magnitudes: [1] }, RangeError, /magnitudes has 1 elements: 2 stages a class/);
    refuse({ magnitudes: [] }, RangeError, /magnitudes has 0 elements/);
    for (const bad of [-1, Number.NaN, Number.POSITIVE_INFINITY, 1e39, "1", null]) {
      refuse(
        { stages: 2, magnitudes: [1, 1, 1, bad] },
        RangeError,
        /finite in float32; stage 1 of class 1 has/,
      );
    }
    refuse({ magnitudes: 1 }, TypeError, /magnitudes must be a Float32Array or an array, got 1/);
    const weights = new Float32Array(12);
    refuse({ magnitudes: [1], weights }, TypeError, /weights and magnitudes are both given/);
    const large = weights.fill(3e38);
    refuse({ normalised: false, weights: large }, RangeError, /magnitudes must be 0 or more and finite/);
  });

  test("classes whose vectors shall have a gradient", () => {
    const head = product(12, 5);
    const ask = (weightGradient: unknown) => () =>
      head.lossAndGradient(new Float32Array(12).fill(1), [1], { weightGradient } as object);
    expect(ask([])).toThrow(
      new RangeError("weightGradient is empty: name at least one class, or give false"),
    );
    expect(ask([0, 5])).toThrow(/weightGradient\[1\] is 5/);
    expect(ask([3, 0, 3])).toThrow(/weightGradient\[2\] is 3, which it names before/);
    expect(ask([0.5])).toThrow(TypeError);
    expect(ask("all")).toThrow(/weightGradient must be true, false or an array of classes, got/);
    const other = create({ features: 12, classes: 5 });
    const x = new Float32Array(12);
    expect(() => other.backward(x, new Float32Array(5), { weightGradient: true })).toThrow(
      /weightGradient is for heads of code "product", got one of code "hadamard", whose vectors never change/,
    );
    const out = { weights: new Float32Array(23) };
    expect(() => head.backward(x, new Float32Array(5), { weightGradient: [1, 2], out })).toThrow(
      /out.weights has 23 elements/,
    );
  });

  test("a margin, where rows are not divided by their norm", () => {
    const head = product(12, 5, { normalised: false });
    expect(() => head.lossAndGradient(new Float32Array(12), [1], { margin: 0.1 })).toThrow(
      /its rows are not divided by their norm/,
    );
  });

  test("more classes than there are vectors, or than memory", () => {
    expect(() => product(4, 9)).toThrow(
      /has 8 vectors at 4 features and width 4, got 9 classes; use more features/,
    );
    expect(() => product(1024, 2 ** 24)).toThrow(/keeps 128 bytes a class .* use a larger width, or fewer/);
  });
});
