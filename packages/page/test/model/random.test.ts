import { expect, test } from "vitest";
import { randomIntegers, shuffled } from "../../src/model/random.js";

test("every integer below n, about as often", () => {
  const random = randomIntegers(1);
  const counts = new Array(10).fill(0);
  for (let i = 0; i < 10_000; i++) counts[random(10)]++;
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

test("a shuffle keeps all, in another order each time", () => {
  const random = randomIntegers(1);
  const [first, second] = [shuffled(100, random), shuffled(100, random)];
  expect([...first].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect(first).not.toEqual(second);
});
