import { expect, test } from "vitest";
import { aupr, auroc, falsePositiveRate, oodScores } from "../../src/metrics/ood.js";
import { Random } from "../../src/random.js";

/** Of every pair, as it is defined. */
function pairs(inside: number[], outside: number[]): number {
  let sum = 0;
  for (const a of inside) for (const b of outside) sum += a > b ? 1 : a === b ? 0.5 : 0;
  return sum / (inside.length * outside.length);
}

/** Of every threshold that is a score, as it is defined. */
function everyThreshold(inside: number[], outside: number[]) {
  const all = [...new Set([...inside, ...outside])].sort((a, b) => b - a);
  const count = (scores: number[], t: number) => scores.filter((score) => score >= t).length;
  let area = 0;
  let recall = 0;
  let fpr: number | undefined;
  for (const t of all) {
    const found = count(inside, t);
    const passed = count(outside, t);
    area += (found / inside.length - recall) * (found / (found + passed));
    recall = found / inside.length;
    if (recall >= 0.95) fpr ??= passed / outside.length;
  }
  return { area, fpr };
}

test("AUROC, AUPR and FPR95 are those of their definitions, with ties and without", () => {
  for (const [seed, levels] of [
    [1, 1e6],
    [2, 9],
    [3, 3],
  ]) {
    const random = new Random(seed);
    const draw = (rows: number, shift: number) =>
      Array.from(random.normals(rows), (x) => Math.round((x + shift) * levels) / levels);
    const inside = draw(83, 0.7);
    const outside = draw(57, 0);
    const { area, fpr } = everyThreshold(inside, outside);
    expect(auroc(inside, outside)).toBeCloseTo(pairs(inside, outside), 12);
    expect(aupr(inside, outside)).toBeCloseTo(area, 12);
    expect(falsePositiveRate(inside, outside, 0.95)).toBe(fpr);
  }
});

test("what is told apart, what is not, and what is told the wrong way round", () => {
  expect(oodScores([3, 4], [1, 2])).toEqual({ auroc: 1, aupr: 1, fpr95: 0 });
  expect(oodScores([1, 1], [1, 1])).toEqual({ auroc: 0.5, aupr: 0.5, fpr95: 1 });
  expect(oodScores([1, 2], [3, 4])).toMatchObject({ auroc: 0, fpr95: 1 });
  expect(oodScores([Infinity, 0], [-Infinity, -Infinity])).toEqual({ auroc: 1, aupr: 1, fpr95: 0 });
});

test("no rows, and scores that are not numbers, are refused", () => {
  expect(() => auroc([], [1])).toThrow(/rows inside and outside/);
  expect(() => aupr([1], [])).toThrow(/rows inside and outside/);
  expect(() => falsePositiveRate([1, Number.NaN], [2], 0.95)).toThrow(/not a number/);
});
