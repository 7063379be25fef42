import { describe, expect, test } from "vitest";
import { Scorer } from "../../src/metrics/scorer.js";
import { fitTemperature } from "../../src/metrics/temperature.js";
import { Random } from "../../src/random.js";

/** Labels drawn from the softmax of normal logits, which are then multiplied. */
function drawn(rows: number, classes: number, factor: number, seed: number) {
  const random = new Random(seed);
  const logits = random.normals(rows * classes, 1.5);
  const labels = Int32Array.from({ length: rows }, (_, row) => {
    const powers = Array.from(logits.subarray(row * classes, (row + 1) * classes), Math.exp);
    let left = random.uniform() * powers.reduce((a, b) => a + b);
    const label = powers.findIndex((power) => {
      left -= power;
      return left < 0;
    });
    return label < 0 ? classes - 1 : label;
  });
  return { logits: logits.map((logit) => logit * factor), labels };
}

const nllAt = (logits: Float32Array, labels: Int32Array, classes: number, temperature: number): number => {
  const scorer = new Scorer(classes, temperature);
  scorer.add(logits, labels);
  return scorer.summary.nll;
};

describe("fitTemperature", () => {
  test.each([0.2, 1, 3, 10])("finds logits multiplied by %d again", (factor) => {
    const { logits, labels } = drawn(20_000, 8, factor, 3);
    const { temperature, note } = fitTemperature(logits, labels, 8);
    expect(note).toBeNull();
    expect(temperature / factor).toBeGreaterThan(0.95);
    expect(temperature / factor).toBeLessThan(1.05);
    const least = nllAt(logits, labels, 8, temperature);
    for (const nearby of [0.999, 1.001])
      expect(nllAt(logits, labels, 8, temperature * nearby)).toBeGreaterThan(least);
  });

  test("is 1, with a note, where it cannot be known", () => {
    expect(fitTemperature(new Float32Array(20), new Int32Array(10), 2)).toMatchObject({
      temperature: 1,
      note: expect.stringContaining("10 rows"),
    });
    const right = Float32Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 1 : 0));
    expect(fitTemperature(right, new Int32Array(100), 2)).toMatchObject({
      temperature: 1,
      note: expect.stringContaining("right"),
    });
    const lost = right.with(7, Number.NaN);
    expect(fitTemperature(lost, new Int32Array(100), 2)).toMatchObject({
      temperature: 1,
      note: expect.stringContaining("not finite"),
    });
  });

  test("stops at its bounds and says so", () => {
    const { logits, labels } = drawn(2000, 4, 100, 4);
    expect(fitTemperature(logits, labels, 4)).toMatchObject({ temperature: 20, note: expect.any(String) });
    const small = drawn(2000, 4, 0.001, 5);
    const { temperature, note } = fitTemperature(small.logits, small.labels, 4);
    expect(temperature).toBeCloseTo(1 / 20, 12);
    expect(note).toContain("0.05");
  });

  test("a class ruled out by −∞ changes nothing", () => {
    const { logits, labels } = drawn(3000, 4, 2, 6);
    const wider = new Float32Array(3000 * 5).fill(Number.NEGATIVE_INFINITY);
    for (let row = 0; row < 3000; row++) wider.set(logits.subarray(row * 4, row * 4 + 4), row * 5);
    expect(fitTemperature(wider, labels, 5)).toEqual(fitTemperature(logits, labels, 4));
  });
});
