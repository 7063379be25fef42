import fc from "fast-check";
import { expect, test } from "vitest";
import { fullOf, LevelRuns } from "../../src/score/parquet/levels.js";
import { levels } from "./support/parquet.js";

/** One level an entry. */
function spread(bytes: Uint8Array, most: number, count: number): number[] {
  const runs = new LevelRuns(bytes, most, count);
  const all: number[] = [];
  while (runs.next()) for (let k = 0; k < runs.left; k++) all.push(runs.level);
  return all;
}

const widthOf = (most: number): number => 32 - Math.clz32(most);

test("any levels, in runs and in groups of bits, are what they were", () => {
  // Levels of rows: mostly the largest, at times others, one or many.
  const some = fc.integer({ min: 1, max: 7 }).chain((most) => {
    const run = fc.tuple(fc.integer({ min: 0, max: most }), fc.integer({ min: 1, max: 40 }));
    const full = fc.tuple(fc.constant(most), fc.integer({ min: 1, max: 300 }));
    return fc.record({ most: fc.constant(most), runs: fc.array(fc.oneof(run, full), { maxLength: 20 }) });
  });
  fc.assert(
    fc.property(some, ({ most, runs }) => {
      const all = runs.flatMap(([level, count]) => Array.from({ length: count }, () => level));
      const bytes = levels(all, widthOf(most));
      expect(spread(bytes, most, all.length)).toEqual(all);
      expect(fullOf(bytes, most, all.length)).toBe(all.filter((level) => level === most).length);
    }),
  );
});

test("groups of bits that have the same level are one run, within a byte or as the largest", () => {
  // Of 24 levels of one bit 16 are ones, as in the start of a row that a writer packs by bits.
  const runs = new LevelRuns(Uint8Array.of(7, 0b1111_1110, 255, 255), 1, 24);
  const found: [number, number][] = [];
  while (runs.next()) found.push([runs.level, runs.left]);
  expect(found).toEqual([
    [0, 1],
    [1, 7],
    [1, 16],
  ]);
});

test.each([
  ["that are cut off", Uint8Array.of(40), 1, 20, "levels of a page are cut off"],
  ["that are fewer than entries", Uint8Array.of(10, 1), 1, 20, "levels of a page are cut off"],
  ["of bits that are cut off", Uint8Array.of(7, 255), 1, 24, "levels of a page are cut off"],
  ["of a run above the largest", Uint8Array.of(40, 2), 1, 20, "a run of levels is out of range"],
  ["of bits above the largest", Uint8Array.of(3, 255, 255), 2, 8, "a level is out of range"],
  ["of a run of none", Uint8Array.of(0, 1), 1, 20, "a run of levels is out of range"],
  ["of a run without an end", new Uint8Array(9).fill(255), 1, 20, "a run of levels is too long"],
  ["that never begin", new Uint8Array(100_000).fill(1), 1, 20, "levels of a page are cut off"],
])("levels %s are refused", (_, bytes, most, count, message) => {
  expect(() => fullOf(bytes, most, count)).toThrow(message);
});
