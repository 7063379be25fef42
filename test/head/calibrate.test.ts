/** The temperature of a head. */

import { describe, expect, test } from "@jest/globals";
import { FixedClassifier } from "../../lib/index.js";
import { onEachBackend, reference } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { floats, generator } from "../support/random.js";

const { exp, log, max } = Math;
const [rows, features, classes] = [400, 16, 6];
const x = floats(rows * features, 1);

/** The mean cross-entropy of softmax(z/T) in float64. */
function lossAt(z: Float32Array, y: ArrayLike<number>, temperature: number): number {
  let total = 0;
  for (let r = 0; r < rows; r++) {
    const row = Float64Array.from(z.subarray(r * classes, (r + 1) * classes), (v) => v / temperature);
    const top = max(...row);
    total += top + log(row.reduce((sum, v) => sum + exp(v - top), 0)) - (row[y[r] as number] as number);
  }
  return total / rows;
}

/** Labels that are drawn with the probabilities of a head. */
function draw(head: FixedClassifier): Int32Array {
  const p = head.probabilities(x);
  const random = generator(7);
  return Int32Array.from({ length: rows }, (_, r) => {
    let left = random();
    for (let c = 0; c < classes - 1; c++) {
      left -= p[r * classes + c] as number;
      if (left < 0) return c;
    }
    return classes - 1;
  });
}

function headOf(code: "hadamard" | "learned", factor: number, backend = reference): FixedClassifier {
  const head = new FixedClassifier({
    features,
    classes,
    code,
    backend,
    ...(code === "hadamard" && { scale: 4 * factor }),
  });
  head.bias?.set(floats(classes, 2).map((v) => v * factor));
  head.weights?.set(floats(classes * features, 3).map((v) => v * factor));
  return head;
}

onEachBackend((backend) => {
  describe.each(["hadamard", "learned"] as const)("code %s", (code) => {
    test.each([0.3, 1, 5])("finds the minimum of a head that is too sure by a factor of %d", (factor) => {
      const y = draw(headOf(code, 1));
      const head = headOf(code, factor, backend);
      const z = head.forward(x);
      const { temperature, before, after } = head.calibrate(x, y);
      expect(before).toBeCloseTo(lossAt(z, y, 1), 5);
      expect(after).toBeCloseTo(lossAt(z, y, temperature), 5);
      expect(after).toBeLessThanOrEqual(before);
      // The loss is flat at its minimum: neighbours are above it by less than float32 sees.
      const least = lossAt(z, y, temperature);
      for (const step of [0.99, 1.01]) expect(lossAt(z, y, temperature * step)).toBeGreaterThan(least);
      expect(Math.abs(temperature / factor - 1)).toBeLessThan(0.3);
      const folded = head.forward(x);
      folded.forEach((v, i) => {
        expect(v).toBeCloseTo((z[i] as number) / temperature, 4);
      });
      expect(head.lossAndGradient(x, y).loss).toBeCloseTo(after, 7);
    });
  });
});

test("keeps the head where no temperature is better", () => {
  const head = headOf("hadamard", 1);
  const y = draw(head);
  head.calibrate(x, y);
  const [scale, bias] = [head.scale, head.bias?.slice() as Float32Array];
  const again = head.calibrate(x, y);
  expect(Math.abs(again.temperature - 1)).toBeLessThan(1e-4);
  expect(Math.abs(head.scale / scale - 1)).toBeLessThan(1e-4);
  const none = head.calibrate(x, new Int32Array(rows).fill(-1), { ignoreIndex: -1 });
  expect(none).toEqual({ temperature: 1, before: Number.NaN, after: Number.NaN });
  expect(head.bias?.length).toBe(bias.length);
});

test("labels that are all the best class, or all the worst, end at the limits", () => {
  const head = headOf("hadamard", 1);
  const { classes: best } = head.topK(x, 1);
  const cold = head.calibrate(x, best);
  expect(cold.temperature).toBe(2 ** -10);
  expect(cold.after).toBeLessThan(cold.before);
  const other = headOf("hadamard", 1);
  const { classes: all } = other.topK(x, classes);
  const worst = Int32Array.from({ length: rows }, (_, r) => all[(r + 1) * classes - 1] as number);
  const hot = other.calibrate(x, worst);
  expect(hot.temperature).toBe(2 ** 10);
  expect(hot.after).toBeLessThan(hot.before);
});

test("rows can be left out and weighted, and soft targets work", () => {
  const y = draw(headOf("hadamard", 1));
  const all = headOf("hadamard", 3);
  const part = headOf("hadamard", 3);
  const weights = Float32Array.from(y, (_, r) => (r < 300 ? 1 : 0));
  const expected = all.calibrate(x.subarray(0, 300 * features), y.subarray(0, 300));
  expect(part.calibrate(x, y, { sampleWeights: weights }).temperature).toBeCloseTo(expected.temperature, 5);
  const soft = headOf("hadamard", 1).probabilities(x);
  const head = headOf("hadamard", 3);
  expect(head.calibrate(x, soft).temperature).toBeCloseTo(3, 3);
});

test("a head that does not learn its scale is calibrated all the same", () => {
  const head = new FixedClassifier({
    features,
    classes,
    scale: 20,
    learnScale: false,
    bias: false,
    backend: reference,
  });
  const y = draw(headOf("hadamard", 1));
  const { temperature } = head.calibrate(x, y);
  expect(head.scale).toBeCloseTo(20 / temperature, 4);
});

test("options are checked", () => {
  const head = headOf("hadamard", 1);
  const kept = head.bias?.slice() as Float32Array;
  const y = new Int32Array(rows);
  expect(() => head.calibrate(x, y, { labelSmoothing: 0.1 } as never)).toThrow(
    /calibrate has no option "labelSmoothing"/,
  );
  expect(() => head.calibrate(x, y.subarray(1))).toThrow(/labels has 399 elements for 400 rows/);
  expectSameBits(head.bias as Float32Array, kept);
});
