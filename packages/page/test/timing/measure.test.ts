import { describe, expect, test } from "vitest";
import { CLASS_COUNTS, denseBytes, extrapolate, medianTime } from "../../src/timing/measure.js";
import { columnsOf, inWords } from "../../src/timing/shown.js";

/** A clock that ticks as Firefox's does, and work that takes its time on it. */
function clock({ tick, cost }: { tick: number; cost: () => number }) {
  let time = 0;
  let calls = 0;
  return {
    now: () => Math.floor(time / tick) * tick,
    call: () => {
      calls++;
      time += cost();
    },
    rest: async () => {
      time += 0.01;
    },
    calls: () => calls,
  };
}

describe("the median time of a call", () => {
  test.each([
    ["a microsecond", 0.001],
    ["a millisecond", 1],
    ["a tenth of a second", 100],
  ])("of %s, by a clock of one millisecond", async (_, cost) => {
    const { call, rest, now } = clock({ tick: 1, cost: () => cost });
    const time = await medianTime(call, rest, now);
    expect(time).toBeGreaterThan(0.8 * cost);
    expect(time).toBeLessThan(1.25 * cost);
  });

  test("is that of most calls, where another program takes the processor now and then", async () => {
    let count = 0;
    const { call, rest, now } = clock({ tick: 1, cost: () => (++count % 30_000 === 7 ? 40 : 0.002) });
    expect(await medianTime(call, rest, now)).toBeLessThan(0.003);
  });

  test("rests between samples, and takes no longer than it must", async () => {
    const { call, rest, now, calls } = clock({ tick: 0.1, cost: () => 400 });
    expect(await medianTime(call, rest, now)).toBeCloseTo(400, 0);
    expect(calls()).toBeLessThanOrEqual(9);
  });
});

test("the counts of classes go from ten to a million, evenly on a logarithmic axis", () => {
  expect([CLASS_COUNTS[0], CLASS_COUNTS.at(-1)]).toEqual([10, 1_000_000]);
  CLASS_COUNTS.slice(1).forEach((classes, i) => {
    expect(classes / (CLASS_COUNTS[i] as number)).toBeCloseTo(Math.sqrt(10), 1);
  });
});

test("a dense matrix has four bytes for every feature of every class", () => {
  expect(denseBytes(1000)).toBe(2_048_000);
});

const timings = [
  { classes: 10, fixed: 1, dense: 10 },
  { classes: 1000, fixed: 2, dense: 100 },
  { classes: 100_000, fixed: 100, dense: 10_000 },
  { classes: 1_000_000, fixed: 1000, dense: null },
];

test("where no dense head was measured it goes on in proportion", () => {
  expect(extrapolate(1_000_000, { classes: 100_000, dense: 10_000 })).toBe(100_000);
  expect(columnsOf(timings)).toEqual([
    [1, 2, 100, 1000],
    [10, 100, 10_000, null],
    [null, null, 10_000, 100_000],
  ]);
  expect(columnsOf([])).toEqual([[], [], []]);
});

test("in words", () => {
  expect(inWords([])).toBe("Nothing measured yet.");
  expect(inWords(timings).replaceAll("\u00a0", " ")).toBe(
    "1,000 classes: fixed 2 µs, dense 100 µs, 50 times as long. " +
      "100,000 classes: fixed 100 µs, dense 10 ms, 100 times as long. " +
      "1,000,000 classes: fixed 1 ms; a dense matrix would take 2.05 GB and, in proportion, 100 ms.",
  );
  expect(inWords(timings.slice(0, 2)).replaceAll("\u00a0", " ")).toBe(
    "1,000 classes: fixed 2 µs, dense 100 µs, 50 times as long.",
  );
});
