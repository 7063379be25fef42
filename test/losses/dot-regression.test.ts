import { describe, expect, test } from "@jest/globals";
import { FixedClassifier } from "../../lib/index.js";
import { label, onEachBackend, others, reference } from "../support/backends.js";
import { expectSameBits, largestError } from "../support/bits.js";
import { floats, labels } from "../support/random.js";

const LOSS = "dot-regression";
const [rows, features, classes] = [5, 11, 12];
const x = floats(rows * features, 1);
const y = labels(rows, classes, 2);

const create = (backend = reference, learnScale = true): FixedClassifier => {
  const head = new FixedClassifier({ features, classes, code: "simplex", scale: 6, learnScale, backend });
  head.bias?.set(floats(classes, 3).map((v) => v / 10));
  return head;
};

/** Σ over rows, in float64 from the definition, of a head whose scale and bias may be moved. */
function exact(
  rowsOf: Float32Array | Float64Array,
  scale: number,
  bias: ArrayLike<number>,
  target: number,
): number[] {
  const head = new FixedClassifier({
    features,
    classes,
    code: "simplex",
    bias: false,
    scale: 1,
    backend: reference,
  });
  const identity = new Float32Array(features * features);
  for (let i = 0; i < features; i++) identity[i * features + i] = 1;
  const columns = head.forward(identity);
  return Array.from({ length: rows }, (_, r) => {
    const row = rowsOf.subarray(r * features, (r + 1) * features);
    const norm = Math.hypot(...row) + 1e-8;
    const c = y[r] as number;
    let z = bias[c] as number;
    // Entries ±1 over the root of the width, exactly: the columns of the identity are rounded.
    row.forEach((v, i) => {
      z += (scale * v * Math.sign(columns[i * classes + c] as number)) / Math.sqrt(features) / norm;
    });
    return (z - target) ** 2 / (2 * Math.abs(target));
  });
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

onEachBackend((backend) => {
  test("is (z − t)² / 2|t| of the label's logit, t the scale", () => {
    const head = create(backend);
    const { loss } = head.lossAndGradient(x, y, { loss: LOSS, reduction: "none" });
    const expected = exact(x, 6, head.bias as Float32Array, 6);
    expect(largestError(loss, Float64Array.from(expected))).toBeLessThan(1e-5);
    expect(head.lossAndGradient(x, y, { loss: LOSS, reduction: "sum" }).loss).toBeCloseTo(sum(expected), 5);
    expect(head.lossAndGradient(x, y, { loss: LOSS }).loss).toBeCloseTo(sum(expected) / rows, 5);
  });

  test.each([6, 2.5, -3])("its gradients are finite differences, target %d", (target) => {
    const head = create(backend);
    const bias = head.bias as Float32Array;
    const { gradient } = head.lossAndGradient(x, y, { loss: LOSS, reduction: "sum", target });
    const h = 1e-5;
    const slope = (f: (d: number) => number): number => (f(h) - f(-h)) / (2 * h);
    const near = (a: number, b: number): void => expect(Math.abs(a - b)).toBeLessThan(1e-4);
    near(
      gradient.scale as number,
      slope((d) => sum(exact(x, 6 + d, bias, target))),
    );
    for (let c = 0; c < classes; c++) {
      const moved = (d: number) => Float64Array.from(bias, (b, i) => (i === c ? b + d : b));
      near(
        gradient.bias?.[c] as number,
        slope((d) => sum(exact(x, 6, moved(d), target))),
      );
    }
    for (let i = 0; i < x.length; i++) {
      const moved = (d: number) => Float64Array.from(x, (v, j) => (i === j ? v + d : v));
      near(
        gradient.features[i] as number,
        slope((d) => sum(exact(moved(d), 6, bias, target))),
      );
    }
  });

  test("the mean divides every gradient by the rows", () => {
    const head = create(backend);
    const whole = head.lossAndGradient(x, y, { loss: LOSS, reduction: "sum" }).gradient;
    const mean = head.lossAndGradient(x, y, { loss: LOSS }).gradient;
    expect(
      largestError(
        mean.features,
        whole.features.map((v) => v / rows),
      ),
    ).toBeLessThan(1e-6);
    expect(
      largestError(mean.bias as Float32Array, whole.bias?.map((v) => v / rows) as Float32Array),
    ).toBeLessThan(1e-6);
  });
});

test("every backend gives the same bits", () => {
  const many = floats(70 * 48, 5);
  const ofMany = labels(70, 100, 6);
  const run = (backend = reference) => {
    const head = new FixedClassifier({ features: 48, classes: 100, backend });
    return head.lossAndGradient(many, ofMany, { loss: LOSS, reduction: "none" });
  };
  const expected = run();
  for (const backend of others) {
    const got = run(backend);
    expectSameBits(got.loss, expected.loss, label(backend));
    expectSameBits(got.gradient.features, expected.gradient.features, label(backend));
    expectSameBits(got.gradient.bias as Float32Array, expected.gradient.bias as Float32Array, label(backend));
    expect(got.gradient.scale).toBe(expected.gradient.scale);
  }
});

test("int8 features, reused arrays and a head without a learned scale or bias", () => {
  const head = create(reference, false);
  const integers = Int8Array.from(x, (v) => 50 * v);
  const scaled = Float32Array.from(integers, (v) => v * 0.25);
  const out = { features: new Float32Array(x.length), bias: new Float32Array(classes) };
  const got = head.lossAndGradient(integers, y, { loss: LOSS, featureScale: 0.25, out });
  expect(got.gradient.features).toBe(out.features);
  expect(got.gradient.bias).toBe(out.bias);
  expect(got.gradient.scale).toBeNull();
  const expected = head.lossAndGradient(scaled, y, { loss: LOSS });
  expect(largestError(got.gradient.features, expected.gradient.features)).toBeLessThan(1e-6);
});

describe("options", () => {
  const head = create();

  test("cross-entropy is the default, by name too", () => {
    const byName = head.lossAndGradient(x, y, { loss: "cross-entropy", labelSmoothing: 0.1 });
    expect(byName).toEqual(head.lossAndGradient(x, y, { labelSmoothing: 0.1 }));
  });

  test.each([
    [{ loss: "none" }, RangeError, /loss must be one of "cross-entropy", .*, got "none"/],
    [{ loss: 3 }, TypeError, /loss must be one of .*, got 3/],
    [
      { loss: LOSS, labelSmoothing: 0.1 },
      TypeError,
      /loss "dot-regression" has no option "labelSmoothing", it has/,
    ],
    [{ target: 3 }, TypeError, /loss "cross-entropy" has no option "target"/],
    [{ label_smoothing: 0.1 }, TypeError, /has no option "label_smoothing", .*labelSmoothing/],
    [{ loss: LOSS, target: 0 }, RangeError, /target must not be 0/],
    [{ loss: LOSS, target: Number.NaN }, RangeError, /target must be finite, got NaN/],
    [{ loss: LOSS, target: "1" }, TypeError, /target must be a number, got "1"/],
    [{ loss: LOSS, reduction: "max" }, RangeError, /reduction must be one of/],
  ] as const)("refuses %j before anything is written", (options, type, message) => {
    const out = { features: new Float32Array(x.length).fill(7) };
    const run = () => head.lossAndGradient(x, y, { ...options, out } as never);
    expect(run).toThrow(type);
    expect(run).toThrow(message);
    expect(out.features.every((v) => v === 7)).toBe(true);
  });

  test("a scale of 0 is no target", () => {
    const zero = new FixedClassifier({ features, classes, code: "simplex", scale: 0, backend: reference });
    expect(() => zero.lossAndGradient(x, y, { loss: LOSS })).toThrow(/target must not be 0/);
    expect(zero.lossAndGradient(x, y, { loss: LOSS, target: 1 }).loss).toBeGreaterThan(0);
  });
});
