import type { FixedClassifier } from "fixed-classifier";
import { expect } from "vitest";

/** What a table should say of a row of numbers, by the head itself and by float64. */
export function expected(head: FixedClassifier, numbers: ArrayLike<number>, top: number) {
  const x = Float32Array.from(numbers);
  const { classes, scores } = head.topK(x, top);
  const logits = Array.from(head.forward(x));
  const sum = logits.reduce((total, z) => total + Math.exp(z), 0);
  return {
    classes: Array.from(classes),
    scores: Array.from(scores),
    probabilities: Array.from(classes, (c) => Math.exp(logits[c]) / sum),
    energy: -Math.log(sum),
  };
}

/** Compares what was added to a row with what should be; null for a row without features. */
export function checkRow(
  found: Record<string, unknown>,
  head: FixedClassifier,
  numbers: ArrayLike<number> | null,
  top: number,
): void {
  if (numbers === null) {
    expect([found.class, found.score, found.probability, found.energy]).toEqual([null, null, null, null]);
    return;
  }
  const { classes, scores, probabilities, energy } = expected(head, numbers, top);
  const list = (value: unknown): number[] =>
    top === 1 ? [value as number] : Array.from(value as Iterable<number>);
  expect(list(found.class)).toEqual(classes);
  expect(list(found.score)).toEqual(scores);
  list(found.probability).forEach((p, k) => {
    expect(Math.abs(p - probabilities[k])).toBeLessThan(2e-6);
  });
  expect(Math.abs((found.energy as number) - energy)).toBeLessThan(1e-5);
}
