import { expect, test } from "vitest";
import { Random } from "../src/random.js";

test("the same path gives the same numbers, another one others", () => {
  const draw = (...path: (number | string)[]) => Array.from(new Random(...path).uniforms(8, 1));
  expect(draw(1, "order", 3)).toEqual(draw(1, "order", 3));
  const others = [
    draw(1, "order", 4),
    draw(2, "order", 3),
    draw(1, "dropout", 3),
    draw(1, "order"),
    draw("1"),
  ];
  for (const other of others) expect(other).not.toEqual(draw(1, "order", 3));
});

test("integers come equally often and normals have the moments of a normal distribution", () => {
  const draws = 64_000;
  const random = new Random(7);
  const counts = new Int32Array(16);
  for (let i = 0; i < draws; i++) counts[random.integer(16)]++;
  for (const count of counts) expect(Math.abs(count / (draws / 16) - 1)).toBeLessThan(0.06);
  const normals = new Random(8).normals(draws);
  const moment = (k: number) => normals.reduce((sum, x) => sum + x ** k, 0) / draws;
  expect(Math.abs(moment(1))).toBeLessThan(0.02);
  expect(moment(2)).toBeCloseTo(1, 1);
  expect(moment(4)).toBeCloseTo(3, 0);
});

test("a permutation has every number once, and dropout keeps the mean", () => {
  const order = new Random(3).permutation(1000);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect(order[0]).not.toBe(0);
  const factors = new Float32Array(50_000);
  new Random(4).dropout(factors, 0.2);
  expect(new Set(factors)).toEqual(new Set([0, Math.fround(1.25)]));
  expect(factors.reduce((sum, x) => sum + x, 0) / factors.length).toBeCloseTo(1, 1);
});
