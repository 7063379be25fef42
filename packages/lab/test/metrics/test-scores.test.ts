import { describe, expect, test } from "vitest";
import { unpackBits } from "../../src/metrics/bits.js";
import { Scorer } from "../../src/metrics/scorer.js";
import { testScores } from "../../src/metrics/test-scores.js";
import { Random } from "../../src/random.js";
import type { TestScores } from "../../src/training/result.js";

function score(
  logits: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
  temperature = 1,
): TestScores {
  const before = new Scorer(classes);
  const after = new Scorer(classes, temperature);
  before.add(logits, labels);
  after.add(logits, labels);
  return testScores(before, after, temperature);
}

/** Logits of two classes with a given probability of class 0. */
const odds = (...probabilities: number[]): Float32Array =>
  Float32Array.from(probabilities.flatMap((p) => [Math.log(p / (1 - p)), 0]));

describe("testScores", () => {
  test("is what a hand computes of four rows", () => {
    // Taken for 0, 0, 1, 1 with confidences 0.9, 0.6, 0.9, 0.8.
    const scores = score(odds(0.9, 0.6, 0.1, 0.2), [0, 1, 1, 0], 2, 2);
    expect(scores.rows).toBe(4);
    expect(scores.accuracy).toBe(0.5);
    expect(scores.top5).toBe(1);
    expect(scores.nll).toBeCloseTo(-(2 * Math.log(0.9) + Math.log(0.4) + Math.log(0.2)) / 4, 7);
    // Bins of 1/15: 0.9 twice, both right; 0.6 and 0.8 wrong.
    expect(scores.ece).toBeCloseTo((0.1 + 0.1 + 0.6 + 0.8) / 4, 7);
    expect(scores.confusion).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(scores.perClass).toEqual([
      { precision: 0.5, recall: 0.5, f1: 0.5, support: 2 },
      { precision: 0.5, recall: 0.5, f1: 0.5, support: 2 },
    ]);
    expect(scores.worstPairs).toEqual([
      { label: 0, predicted: 1, count: 1 },
      { label: 1, predicted: 0, count: 1 },
    ]);
    expect([...unpackBits(scores.correct, 4)]).toEqual([1, 0, 1, 0]);
    // At temperature 2 the odds are square roots of what they were: 3, √1.5, 3, 2.
    expect(scores.temperature).toBe(2);
    const root = Math.sqrt(1.5);
    const expected = (2 * Math.log(3 / 4) - Math.log(1 + root) - Math.log(1 + 2)) / -4;
    expect(scores.calibrated.nll).toBeCloseTo(expected, 6);
    // The two right rows come first, then 0.8 and 0.6.
    expect(scores.coverage.map(({ share }) => share)).toEqual([0.25, 0.5, 0.75, 1]);
    expect(scores.coverage.map(({ accuracy }) => accuracy)).toEqual([1, 1, 2 / 3, 0.5]);
  });

  test("bins have their upper edge and count every row once", () => {
    const scores = score(odds(0.5, 0.79), [0, 1], 2);
    expect(scores.reliability.before.map(({ count }) => count)).toEqual([
      0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0,
    ]);
    expect(scores.reliability.before[7]).toEqual({ confidence: 0.5, accuracy: 1, count: 1 });
    expect(scores.reliability.before[0]).toEqual({ confidence: 0.5 / 15, accuracy: 0, count: 0 });
    // Five equal logits: 1/5 is the upper edge of the third bin.
    expect(score(new Float32Array(5), [0], 5).reliability.before[2].count).toBe(1);
  });

  test("rows of equal confidence count with their mean, whatever their order", () => {
    const right = score(odds(0.9, 0.9, 0.9, 0.9), [0, 0, 1, 1], 2);
    const wrong = score(odds(0.9, 0.9, 0.9, 0.9), [1, 1, 0, 0], 2);
    expect(right.coverage).toEqual(wrong.coverage);
    expect(right.coverage.map(({ accuracy }) => accuracy)).toEqual([0.5, 0.5, 0.5, 0.5]);
  });

  test("agrees with sums over all rows, of 12 and of 40 classes", () => {
    for (const classes of [12, 40]) {
      const rows = 1777;
      const random = new Random(classes);
      const labels = Int32Array.from({ length: rows }, () => random.integer(classes));
      const logits = random.normals(rows * classes, 2);
      for (const [row, label] of labels.entries()) logits[row * classes + label] += 3;
      const scores = score(logits, labels, classes, 1.5);

      const predicted = Array.from(labels, (_, row) => {
        const own = logits.subarray(row * classes, (row + 1) * classes);
        return own.indexOf(Math.max(...own));
      });
      const right = predicted.filter((k, row) => k === labels[row]).length;
      expect(scores.accuracy).toBe(right / rows);
      expect(scores.coverage).toHaveLength(100);
      expect(scores.coverage.at(-1)).toEqual({ share: 1, accuracy: right / rows });
      expect(unpackBits(scores.correct, rows).reduce((a, b) => a + b)).toBe(right);
      for (const bins of Object.values(scores.reliability)) {
        expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(rows);
        expect(bins.reduce((sum, { count, accuracy }) => sum + count * accuracy, 0)).toBeCloseTo(right, 8);
      }
      const count = (label: number, as: number): number =>
        predicted.filter((k, row) => labels[row] === label && k === as).length;
      for (const k of [0, 5, classes - 1]) {
        const taken = predicted.filter((other) => other === k).length;
        const support = labels.filter((label) => label === k).length;
        const { precision, recall, f1, support: told } = scores.perClass[k];
        expect([precision, recall, told]).toEqual([count(k, k) / taken, count(k, k) / support, support]);
        expect(f1).toBeCloseTo((2 * precision * recall) / (precision + recall), 12);
      }
      for (const { label, predicted: as, count: told } of scores.worstPairs)
        expect(told).toBe(count(label, as));
      if (classes === 12) {
        expect(scores.confusion?.[3][4]).toBe(count(3, 4));
        const wrong = scores.confusion?.flatMap((row, i) => row.filter((_, j) => i !== j)) ?? [];
        expect(scores.worstPairs[0].count).toBe(Math.max(...wrong));
      } else expect(scores.confusion).toBeNull();
    }
  });

  test("a class that is nowhere scores 0, not NaN", () => {
    const { perClass } = score(odds(0.9), [0], 2);
    expect(perClass[1]).toEqual({ precision: 0, recall: 0, f1: 0, support: 0 });
  });

  test("refuses rows that differ, and logits that are not finite", () => {
    const before = new Scorer(2);
    before.add(odds(0.9), [0]);
    expect(() => testScores(before, new Scorer(2, 2), 2)).toThrow("the same rows");
    expect(() => score(Float32Array.of(0, 1, Number.NaN, 0), [0, 0], 2)).toThrow("row 1");
    expect(() => score(new Float32Array(), [], 2)).toThrow("no rows");
  });
});
