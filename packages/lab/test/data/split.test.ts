import fc from "fast-check";
import { expect, test } from "vitest";
import { countsOf } from "../../src/data/index.js";
import { folds, type Split, split } from "../../src/data/split.js";

const classesOf = (labels: Int32Array): number => Math.max(...labels) + 1;

const labels = fc
  .array(fc.integer({ min: 0, max: 12 }), { minLength: 2, maxLength: 400 })
  .map((values) => Int32Array.from(values));
const shares = fc.record({
  validation: fc.double({ min: 0, max: 0.45, noNaN: true }),
  test: fc.double({ min: 0, max: 0.45, noNaN: true }),
});
const seed = fc.integer({ min: 0, max: 1000 });
const grouped = labels.chain((own) =>
  fc.record({
    labels: fc.constant(own),
    groups: fc
      .array(fc.integer({ min: 0, max: 30 }), { minLength: own.length, maxLength: own.length })
      .map((values) => Int32Array.from(values)),
  }),
);

const partsOf = ({ train, validation, test }: Split): Int32Array[] => [train, validation, test];

function expectComplete(parts: readonly Int32Array[], rows: number): void {
  const all = parts.flatMap((part) => Array.from(part));
  expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, row) => row));
  for (const part of parts) expect(Array.from(part)).toEqual(Array.from(part).sort((a, b) => a - b));
}

const pick = (all: Int32Array, rows: Int32Array): Int32Array => rows.map((row) => all[row]);

test("every row is in one part; of each class the shares are kept to a row, and one is trained on", () => {
  fc.assert(
    fc.property(labels, shares, seed, (own, share, from) => {
      const found = split({ labels: own, groups: null }, share, from);
      expectComplete(partsOf(found), own.length);
      const classes = classesOf(own);
      const all = countsOf(own, classes);
      const counts = partsOf(found).map((rows) => countsOf(pick(own, rows), classes));
      for (let k = 0; k < classes; k++) {
        if (all[k] > 0) expect(counts[0][k]).toBeGreaterThanOrEqual(1);
        // Two where the one to train on was left over by the other two parts.
        const most = counts[0][k] === 1 ? 2 : 1.001;
        expect(Math.abs(counts[1][k] - share.validation * all[k])).toBeLessThanOrEqual(most);
        expect(Math.abs(counts[2][k] - share.test * all[k])).toBeLessThanOrEqual(1.001);
      }
    }),
  );
});

test("all together, shares come out to a row where classes have rows enough", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 12, max: 40 }), { minLength: 2, maxLength: 30 }),
      seed,
      (sizes, from) => {
        const own = Int32Array.from(sizes.flatMap((size, k) => new Array<number>(size).fill(k)));
        const { validation, test } = split(
          { labels: own, groups: null },
          { validation: 0.1, test: 0.2 },
          from,
        );
        expect(Math.abs(validation.length - 0.1 * own.length)).toBeLessThanOrEqual(1);
        expect(Math.abs(test.length - 0.2 * own.length)).toBeLessThanOrEqual(1);
      },
    ),
  );
});

test("the same seed divides alike, another one otherwise, and the order of rows within a class counts", () => {
  fc.assert(
    fc.property(labels, shares, seed, (own, share, from) => {
      const once = split({ labels: own, groups: null }, share, from);
      expect(split({ labels: own, groups: null }, share, from)).toEqual(once);
    }),
  );
  const own = Int32Array.from({ length: 500 }, (_, row) => row % 3);
  const of = (from: number) => split({ labels: own, groups: null }, { validation: 0.1, test: 0.2 }, from);
  expect(of(1)).not.toEqual(of(2));
});

test("groups are never divided, and every row is in one part", () => {
  fc.assert(
    fc.property(grouped, shares, seed, (rows, share, from) => {
      const parts = partsOf(split(rows, share, from));
      expectComplete(parts, rows.labels.length);
      const groups = parts.map((part) => new Set(pick(rows.groups, part)));
      for (const [a, b] of [
        [0, 1],
        [0, 2],
        [1, 2],
      ])
        for (const group of groups[a]) expect(groups[b].has(group)).toBe(false);
      expect(parts).toEqual(partsOf(split(rows, share, from)));
    }),
  );
});

test("many groups keep the shares of each class within a few rows", () => {
  fc.assert(
    fc.property(seed, (from) => {
      const groups = Int32Array.from({ length: 1200 }, (_, row) => (row * 7919) % 151);
      const own = groups.map((group, row) => (group + (row % 2)) % 4);
      const { validation, test } = split({ labels: own, groups }, { validation: 0.1, test: 0.2 }, from);
      const all = countsOf(own, 4);
      const ofTest = countsOf(pick(own, test), 4);
      const ofValidation = countsOf(pick(own, validation), 4);
      for (let k = 0; k < 4; k++) {
        expect(Math.abs(ofTest[k] - 0.2 * all[k])).toBeLessThan(12);
        expect(Math.abs(ofValidation[k] - 0.1 * all[k])).toBeLessThan(12);
      }
    }),
    { numRuns: 20 },
  );
});

test("folds: each row in one, sizes and classes as equal as can be, groups together", () => {
  const count = fc.integer({ min: 2, max: 10 });
  fc.assert(
    fc.property(labels, count, seed, (own, many, from) => {
      const fold = folds({ labels: own, groups: null }, many, from);
      const sizes = countsOf(fold, many);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      for (let k = 0; k < classesOf(own); k++) {
        const ofClass = countsOf(
          fold.filter((_, row) => own[row] === k),
          many,
        );
        expect(Math.max(...ofClass) - Math.min(...ofClass)).toBeLessThanOrEqual(1);
      }
    }),
  );
  fc.assert(
    fc.property(grouped, count, seed, (rows, many, from) => {
      const fold = folds(rows, many, from);
      const foldOfGroup = new Map<number, number>();
      rows.groups.forEach((group, row) => {
        expect(foldOfGroup.get(group) ?? fold[row]).toBe(fold[row]);
        foldOfGroup.set(group, fold[row]);
      });
      expect(fold.every((own) => own >= 0 && own < many)).toBe(true);
    }),
  );
});
