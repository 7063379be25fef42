import { describe, expect, test } from "@jest/globals";
import { reference as js, onEachBackend } from "../support/backends.js";
import { expectSameBits, largest, largestError } from "../support/bits.js";
import { createHead, referenceOf, rowsOf } from "../support/heads.js";
import { floats, labels } from "../support/random.js";
import {
  crossEntropy,
  gradient,
  type Head,
  row as hadamardRow,
  logitGradient,
  logits,
} from "../support/reference.js";

const SMOOTHINGS = [0, 0.1, 0.7];

/** (f(v + h) − f(v − h)) / 2h */
const slope = (f: (v: number) => number, v: number, h: number): number => (f(v + h) - f(v - h)) / (2 * h);

describe("the float64 reference", () => {
  const features = 13;
  const head: Head = {
    vectors: Array.from({ length: 9 }, (_, c) => hadamardRow(c + 1, features)),
    unit: 1 / Math.sqrt(features),
    scale: 4,
    bias: floats(9, 3),
  };
  const x = Float64Array.from(floats(features, 1));

  test.each(SMOOTHINGS)("has the gradients that finite differences give, label smoothing %d", (smoothing) => {
    const lossOf = (changed: Partial<Head>, at = x): number =>
      crossEntropy(logits({ ...head, ...changed }, at), 2, smoothing);
    const g = logitGradient(logits(head, x), 2, smoothing);
    const analytic = gradient(head, x, g);
    const features = x.map((v, i) => slope((w) => lossOf({}, x.with(i, w)), v, 1e-5));
    expect(largestError(analytic.features, features)).toBeLessThan(1e-8);
    expect(analytic.scale).toBeCloseTo(
      slope((scale) => lossOf({ scale }), head.scale, 1e-5),
      8,
    );
    const bias = Float64Array.from(head.bias as Float32Array);
    const byBias = bias.map((v, c) => slope((w) => lossOf({ bias: bias.with(c, w) }), v, 1e-5));
    expect(largestError(g, byBias)).toBeLessThan(1e-8);
  });

  test("has them near zero too, where ε counts", () => {
    const small = x.map((v) => v * 1e-8);
    const lossOf = (at: Float64Array): number => crossEntropy(logits(head, at), 2);
    const analytic = gradient(head, small, logitGradient(logits(head, small), 2)).features;
    const byDifference = small.map((v, i) => slope((w) => lossOf(small.with(i, w)), v, 1e-13));
    expect(largestError(analytic, byDifference) / largest(analytic)).toBeLessThan(1e-5);
  });
});

interface Case {
  options: { features: number; classes: number; code: "hadamard" | "sylvester"; scale: number };
  rows: number;
  x: Float32Array;
  y: Int32Array;
}

const cases: Case[] = (
  [
    [1, 1, 3],
    [1, 2, 3],
    [2, 4, 3],
    [3, 7, 3],
    [16, 10, 40],
    [16, 31, 5],
    [50, 128, 5],
    [64, 64, 33],
    [90, 100, 5],
    [172, 60, 3],
    [344, 700, 3],
    [384, 50, 5],
    [512, 1000, 3],
    [1000, 100, 3],
  ] as const
).flatMap(([features, classes, rows]) =>
  (["hadamard", "sylvester"] as const).map((code) => ({
    options: { features, classes, code, scale: code === "hadamard" ? 9 : 0.4, allowDuplicates: true },
    rows,
    x: floats(rows * features, features),
    y: labels(rows, classes, classes),
  })),
);

interface Expected {
  losses: Float64Array;
  features: Float64Array;
  scale: number;
  bias: Float64Array;
}

function expectedOf({ options, rows, x, y }: Case, smoothing: number): Expected {
  const head = referenceOf(createHead(options, js));
  const losses = new Float64Array(rows);
  const features = new Float64Array(x.length);
  const bias = new Float64Array(options.classes);
  let scale = 0;
  rowsOf(x, options.features).forEach((row, r) => {
    const z = logits(head, row);
    losses[r] = crossEntropy(z, y[r] as number, smoothing);
    const g = logitGradient(z, y[r] as number, smoothing);
    const of = gradient(head, row, g);
    features.set(of.features, r * options.features);
    scale += of.scale;
    g.forEach((v, c) => {
      bias[c] = (bias[c] as number) + v;
    });
  });
  return { losses, features, scale, bias };
}

const expectedCases = cases.map((each) => ({
  ...each,
  of: new Map(SMOOTHINGS.map((smoothing) => [smoothing, expectedOf(each, smoothing)])),
}));

/** Relative to the largest of the exact values, but no finer than what the loss itself is made of. */
const near = (actual: ArrayLike<number>, expected: ArrayLike<number>, floor: number): void => {
  expect(largestError(actual, expected)).toBeLessThan(3e-5 * Math.max(largest(expected), floor));
};

onEachBackend((backend) => {
  test.each(SMOOTHINGS)(
    "loss and gradients are those of the definition, label smoothing %d",
    (labelSmoothing) => {
      for (const { options, rows, x, y, of } of expectedCases) {
        const head = createHead(options, backend);
        const exact = of.get(labelSmoothing) as Expected;
        const total = exact.losses.reduce((a, b) => a + b, 0);
        for (const reduction of ["sum", "mean"] as const) {
          const part = reduction === "mean" ? 1 / rows : 1;
          const { loss, gradient } = head.lossAndGradient(x, y, { labelSmoothing, reduction });
          near([loss], [total * part], 1);
          near(
            gradient.features,
            exact.features.map((v) => v * part),
            part,
          );
          near([gradient.scale as number], [exact.scale * part], 1);
          near(
            gradient.bias as Float32Array,
            exact.bias.map((v) => v * part),
            part,
          );
        }
      }
    },
  );

  test('the reduction "none" gives the losses of the rows, and the gradients of their sum', () => {
    for (const { options, x, y, of } of expectedCases) {
      const head = createHead(options, backend);
      const each = head.lossAndGradient(x, y, { reduction: "none" });
      const sum = head.lossAndGradient(x, y, { reduction: "sum" });
      expect(each.loss).toHaveLength(y.length);
      near(each.loss, (of.get(0) as Expected).losses, 1);
      expect(sum.loss).toBe(each.loss.reduce((a, b) => a + b, 0));
      expect(each.gradient).toEqual(sum.gradient);
    }
  });

  test('"mean" is the default', () => {
    const { options, x, y } = cases[8] as Case;
    const head = createHead(options, backend);
    expect(head.lossAndGradient(x, y)).toEqual(
      head.lossAndGradient(x, y, { reduction: "mean", labelSmoothing: 0 }),
    );
  });

  test("backward takes the gradient of any loss", () => {
    for (const { options, rows, x } of cases) {
      const head = createHead(options, backend);
      const definition = referenceOf(head);
      const g = floats(rows * options.classes, 9);
      const got = head.backward(x, g);
      let scale = 0;
      const bias = new Float64Array(options.classes);
      const features = new Float64Array(x.length);
      rowsOf(x, options.features).forEach((row, r) => {
        const gradLogits = g.subarray(r * options.classes, (r + 1) * options.classes);
        const of = gradient(definition, row, gradLogits);
        scale += of.scale;
        features.set(of.features, r * options.features);
        gradLogits.forEach((v, c) => {
          bias[c] = (bias[c] as number) + v;
        });
      });
      near(got.features, features, largest(g) * options.scale);
      near([got.scale as number], [scale], 10);
      near(got.bias as Float32Array, bias, 1);
    }
  });

  test.each([24, 90])(
    "gradients agree with finite differences of the kernel's own loss, %d features",
    (features) => {
      const head = createHead({ features, classes: 20, scale: 5 }, backend);
      const x = floats(2 * features, 4);
      const y = [3, 11];
      const { gradient } = head.lossAndGradient(x, y, { labelSmoothing: 0.2 });
      // float32 losses leave about three digits.
      const lossAt = (i: number, v: number): number => {
        const moved = x.slice();
        moved[i] = v;
        return head.lossAndGradient(moved, y, { labelSmoothing: 0.2 }).loss;
      };
      for (const i of [0, 7, 23, 24, 40]) {
        const byDifference = slope((v) => lossAt(i, v), x[i] as number, 2 ** -7);
        expect(Math.abs(byDifference - (gradient.features[i] as number))).toBeLessThan(2e-3);
      }
    },
  );

  test("a row of zeros has no gradient of features and scale, and counts for the bias", () => {
    const head = createHead({ features: 10, classes: 6 }, backend);
    const { loss, gradient } = head.lossAndGradient(new Float32Array(10), [2]);
    expect(loss).toBeCloseTo(crossEntropy(Float64Array.from(head.bias as Float32Array), 2), 6);
    expect(largest(gradient.features)).toBe(0);
    expect(gradient.scale).toBe(0);
    near(gradient.bias as Float32Array, logitGradient(Float64Array.from(head.bias as Float32Array), 2), 1);
    const any = head.backward(new Float32Array(10), floats(6, 1, "special"));
    expect([largest(any.features), any.scale]).toEqual([0, 0]);
  });

  test("rows of extreme length have the gradients of rows of ordinary length, scaled", () => {
    const features = 40;
    const head = createHead({ features, classes: 30 }, backend);
    const x = floats(features, 5, "integers");
    const base = head.lossAndGradient(x, [7]).gradient;
    for (const exponent of [10, 40, 60, 100, 120]) {
      const { gradient } = head.lossAndGradient(
        x.map((v) => v * 2 ** exponent),
        [7],
      );
      near(
        gradient.features.map((v) => v * 2 ** Math.min(exponent, 60)),
        base.features.map((v) => v * 2 ** Math.min(0, 60 - exponent)),
        1e-2,
      );
      near([gradient.scale as number], [base.scale as number], 1e-2);
    }
    const tiny = head.lossAndGradient(
      x.map((v) => v * 2 ** -140),
      [7],
    ).gradient;
    expect(tiny.features.every(Number.isFinite)).toBe(true);
    expect(largest(tiny.features)).toBeGreaterThan(1e5);
  });

  test("what is not learned has no gradient: null", () => {
    const options = { features: 8, classes: 4, learnScale: false, bias: false };
    const head = createHead(options, backend);
    const x = floats(8, 1);
    expect(head.backward(x, new Float32Array(4))).toMatchObject({ scale: null, bias: null });
    expect(head.lossAndGradient(x, [0]).gradient).toMatchObject({ scale: null, bias: null });
  });

  test("a head with two parameters learns", () => {
    // Gradient descent on the features themselves must bring the loss down to nearly nothing.
    const head = createHead({ features: 32, classes: 12, scale: 12 }, backend);
    const x = floats(6 * 32, 8);
    const y = labels(6, 12, 8);
    const first = head.lossAndGradient(x, y).loss;
    for (let step = 0; step < 200; step++) {
      const { gradient } = head.lossAndGradient(x, y);
      gradient.features.forEach((v, i) => {
        x[i] = (x[i] as number) - v;
      });
      head.scale -= gradient.scale as number;
    }
    expect(head.lossAndGradient(x, y).loss).toBeLessThan(first / 50);
    expect([...head.topK(x, 1).classes]).toEqual([...y]);
  });

  test("arrays for the gradients are written, returned and left alone beyond their part", () => {
    const { options, rows, x, y } = cases[10] as Case;
    const head = createHead(options, backend);
    const fresh = head.lossAndGradient(x, y).gradient;
    const out = {
      features: new Float32Array(x.length + 3).fill(9),
      bias: new Float32Array(options.classes + 2).fill(9),
    };
    for (const run of [
      () => head.lossAndGradient(x, y, { out }).gradient,
      () => head.lossAndGradient(x, y, { out }).gradient,
    ]) {
      const { features, bias } = run();
      expect([features.buffer, bias?.buffer]).toEqual([out.features.buffer, out.bias.buffer]);
      expectSameBits(features, fresh.features);
      expectSameBits(bias as Float32Array, fresh.bias as Float32Array);
      expect([...out.features.subarray(x.length), ...out.bias.subarray(options.classes)]).toEqual([
        9, 9, 9, 9, 9,
      ]);
    }
    const g = floats(rows * options.classes, 2);
    expectSameBits(head.backward(x, g, { out }).features, head.backward(x, g).features);
  });

  test("NaN in a row spoils the gradient of that row, and what is summed over rows", () => {
    const head = createHead({ features: 20, classes: 9 }, backend);
    const x = floats(4 * 20, 1);
    const y = [0, 1, 2, 3];
    const clean = head.lossAndGradient(x, y, { reduction: "none" });
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      const spoiled = x.slice();
      spoiled[45] = bad;
      const { loss, gradient } = head.lossAndGradient(spoiled, y, { reduction: "none" });
      for (const r of [0, 1, 3]) {
        expect(loss[r]).toBe(clean.loss[r]);
        const [from, to] = [20 * r, 20 * r + 20];
        expectSameBits(gradient.features.subarray(from, to), clean.gradient.features.subarray(from, to));
      }
      expect(loss[2]).toBeNaN();
      expect(gradient.features.subarray(40, 60).every(Number.isNaN)).toBe(true);
      expect(gradient.scale).toBeNaN();
    }
  });
});
