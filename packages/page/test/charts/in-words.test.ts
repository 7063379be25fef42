import { expect, test } from "vitest";
import { inWords } from "../../src/charts/in-words.js";
import type { Point } from "../../src/worker/messages.js";

const points: Point[] = [
  { epoch: 0, loss: null, accuracy: { fixed: 0.1, learned: 0.11 } },
  { epoch: 0.5, loss: { fixed: 2, learned: 1.9 }, accuracy: null },
  { epoch: 1, loss: { fixed: 0.5, learned: 0.512345 }, accuracy: { fixed: 0.8, learned: 0.79 } },
];

test("the curves in words", () => {
  const format = (value: number): string => value.toFixed(2);
  expect(inWords([], ({ loss }) => loss, format)).toBe("Nothing measured yet.");
  expect(inWords(points, ({ loss }) => loss, format)).toBe(
    "After 1 epochs: fixed head from 2.00 to 0.50; learned head from 1.90 to 0.51.",
  );
  expect(inWords(points.slice(0, 1), ({ accuracy }) => ({ fixed: accuracy?.fixed ?? 0 }), format)).toBe(
    "After 0 epochs: fixed head from 0.10 to 0.10.",
  );
});
