import fc from "fast-check";
import { expect, test } from "vitest";
import { bestOf } from "../../src/convert/answer.js";
import { denseProduct } from "../../src/convert/dense.js";
import { answersOf, costsOf, divergenceOf } from "../../src/convert/measure.js";
import { learnedHead } from "../../src/convert/original.js";
import { splitRows } from "../../src/convert/rows.js";
import { layerOf, normals } from "./layers.js";

test("products of any shape are those of two loops in float64", () => {
  const size = fc.integer({ min: 1, max: 11 });
  fc.assert(
    fc.property(size, size, size, fc.nat(1000), (rows, features, classes, seed) => {
      const draw = normals(seed);
      const x = Float32Array.from({ length: rows * features }, draw);
      const weights = Float32Array.from({ length: classes * features }, draw);
      const bias = Float32Array.from({ length: classes }, draw);
      const out = denseProduct({ features, classes, weights, bias }, x);
      expect(out.length).toBe(rows * classes);
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < classes; c++) {
          let sum = bias[c];
          for (let j = 0; j < features; j++) sum += weights[c * features + j] * x[r * features + j];
          expect(out[r * classes + c]).toBeCloseTo(sum, 4);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("the divergence of softmaxes is that of float64, 0 of equal ones, and classes that are masked count nothing", () => {
  const logits = fc.array(fc.float({ min: -50, max: 50, noNaN: true }), { minLength: 2, maxLength: 9 });
  fc.assert(
    fc.property(logits, fc.nat(100), (values, seed) => {
      const draw = normals(seed);
      const [p, q] = [Float32Array.from(values), Float32Array.from(values, (value) => value + draw())];
      const softmax = (z: Float32Array): number[] => {
        const e = Array.from(z, (value) => Math.exp(value - Math.max(...z)));
        const sum = e.reduce((a, b) => a + b);
        return e.map((value) => value / sum);
      };
      const [a, b] = [softmax(p), softmax(q)];
      const reference = a.reduce(
        (sum, value, c) => (value === 0 ? sum : sum + value * Math.log(value / b[c])),
        0,
      );
      expect(divergenceOf(p, q)).toBeCloseTo(reference, 8);
      expect(divergenceOf(p, p)).toBe(0);
      const masked = Float32Array.of(...p, Number.NEGATIVE_INFINITY);
      expect(divergenceOf(masked, Float32Array.of(...q, Number.NEGATIVE_INFINITY))).toBeCloseTo(reference, 8);
    }),
  );
});

test("shares count the rows that they say", () => {
  // The candidate has two classes exchanged: rows 0 and 1 are wrong first, and right among the first five.
  const unit = (row: number): number[] => Array.from({ length: 6 }, (_, j) => (j === row ? 1 : 0));
  const weights = Float32Array.from([0, 1, 2, 3, 4, 5].flatMap(unit));
  const exchanged = Float32Array.from([1, 0, 2, 3, 4, 5].flatMap(unit));
  const x = Float32Array.from([0, 1, 2, 3].flatMap(unit));
  const held = { x, labels: Int32Array.of(1, 1, 2, 5) };
  const original = answersOf((rows) => denseProduct(layerOf(6, 6, weights, null), rows), held, 6, 6);
  expect([...original.best]).toEqual([0, 1, 2, 3]);
  expect(original.accuracy).toBe(0.5);
  const head = learnedHead(layerOf(6, 6, exchanged, null));
  const costs = costsOf({ head, adapter: null, rerank: null }, original, held, 6);
  expect(costs).toMatchObject({ rows: 4, agreement: 0.5, amongFive: 1, accuracy: 0.5 });
  // Two rows have a probability e/(e+5) where the other has 1/(e+5), and the other way round: the difference is 1 nat each.
  expect(costs.divergence).toBeCloseTo((0.5 * (Math.E - 1)) / (Math.E + 5), 6);
});

test("the best classes of a dense layer are those of the core, the lowest first where they are equal", () => {
  const draw = normals(2);
  const weights = Float32Array.from({ length: 12 * 7 }, () => Math.round(draw()));
  const head = learnedHead(layerOf(7, 12, weights, null));
  const x = Float32Array.from({ length: 50 * 7 }, () => Math.round(draw()));
  expect(bestOf({ head, adapter: null, rerank: null }, x, 5)).toEqual(head.topK(x, 5).classes);
});

test("rows are split whole, each once, the same for a seed, and a hundred are held out where there are enough", () => {
  fc.assert(
    fc.property(fc.integer({ min: 4, max: 700 }), fc.nat(2 ** 32 - 1), (count, seed) => {
      const x = Float32Array.from({ length: count * 2 }, (_, i) => i);
      const labels = Int32Array.from({ length: count }, (_, r) => r);
      const { calibration, heldOut } = splitRows({ x, labels }, 2, { seed });
      const rows = [...(calibration.labels ?? []), ...(heldOut.labels ?? [])];
      expect(rows.toSorted((a, b) => a - b)).toEqual([...labels]);
      for (const { x: some, labels: of } of [calibration, heldOut])
        of?.forEach((row, r) => {
          expect([some[2 * r], some[2 * r + 1]]).toEqual([2 * row, 2 * row + 1]);
        });
      expect(heldOut.x.length / 2).toBe(
        Math.min(count - 2, Math.max(Math.round(count / 5), Math.min(100, count >> 1))),
      );
      expect(splitRows({ x, labels }, 2, { seed }).heldOut).toEqual(heldOut);
    }),
    { numRuns: 50 },
  );
});

test("rows that do not fit are refused, with what they are", () => {
  const labels = null;
  expect(() => splitRows({ x: new Float32Array(10), labels }, 3)).toThrow(
    /10 numbers are no whole rows of 3 features/,
  );
  expect(() => splitRows({ x: new Float32Array(6), labels }, 3)).toThrow(
    /2 calibration rows: give at least 4/,
  );
  expect(() => splitRows({ x: new Float32Array(12), labels: new Int32Array(3) }, 3)).toThrow(
    /3 labels for 4 rows/,
  );
  expect(() => splitRows({ x: new Float32Array(12), labels }, 3, { heldOut: 1 })).toThrow(
    /above 0 and below 1/,
  );
});
