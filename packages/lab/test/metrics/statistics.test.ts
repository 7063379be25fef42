import { describe, expect, test } from "vitest";
import {
  deviation,
  mean,
  pairedByRows,
  pairedBySeeds,
  studentQuantile,
  tInterval,
  unpairedByRows,
  unpairedBySeeds,
} from "../../src/metrics/statistics.js";
import { Random } from "../../src/random.js";

describe("statistics", () => {
  test("mean and sample deviation", () => {
    expect(mean([2, 4, 4, 4, 5, 5, 7, 9])).toBe(5);
    expect(deviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 14);
    expect(deviation([3])).toBe(0);
  });

  test.each([
    [1, 12.706204736432095],
    [2, 4.302652729911275],
    [3, 3.182446305284263],
    [4, 2.776445105197793],
    [9, 2.2621571627409915],
    [10, 2.2281388519649385],
    [30, 2.0422724563012373],
    [120, 1.9799304050824413],
  ])("Student's quantile of %d degrees of freedom, as scipy has it", (freedom, expected) => {
    expect(studentQuantile(freedom)).toBeCloseTo(expected, 9);
  });

  test("an interval over seeds, by hand", () => {
    const { value, low, high } = tInterval([1, 2, 3], "t");
    expect(value).toBe(2);
    expect(high - 2).toBeCloseTo(4.302652729911275 / Math.sqrt(3), 9);
    expect(2 - low).toBeCloseTo(4.302652729911275 / Math.sqrt(3), 9);
    const paired = pairedBySeeds([0.9, 0.8, 0.85], [0.89, 0.79, 0.84]);
    expect(paired.value).toBeCloseTo(0.01, 12);
    // All chance is common to both.
    expect(paired.high - paired.low).toBeLessThan(1e-12);
    expect(paired.method).toBe("paired, t over 3 seeds");
  });

  test("an interval over rows, by hand", () => {
    const first = [...Array(20).fill(1), ...Array(10).fill(0), ...Array(70).fill(1)];
    const second = [...Array(20).fill(0), ...Array(10).fill(1), ...Array(70).fill(1)];
    const { value, low, high } = pairedByRows(first, second);
    expect(value).toBeCloseTo(0.1, 14);
    const centre = 10 / 102;
    const half = 1.959964 * Math.sqrt((31 / 102 - centre ** 2) / 102);
    expect(low).toBeCloseTo(centre - half, 6);
    expect(high).toBeCloseTo(centre + half, 6);
  });

  test("two that never differ are not sure to be the same", () => {
    const { value, low, high } = pairedByRows([1, 1, 0, 1], [1, 1, 0, 1]);
    expect(value).toBe(0);
    expect(low).toBeLessThan(-0.1);
    expect(high).toBeGreaterThan(0.1);
  });

  test("about 95 of 100 intervals cover the truth", () => {
    const random = new Random(11);
    const repetitions = 4000;
    let bySeeds = 0;
    let byRows = 0;
    let notPaired = 0;
    for (let k = 0; k < repetitions; k++) {
      const chance = random.normals(8);
      const common = chance.subarray(0, 4);
      const first = Array.from(chance.subarray(4), (value, i) => 0.3 + value + common[i]);
      const seeds = pairedBySeeds(first, Array.from(common));
      if (seeds.low <= 0.3 && seeds.high >= 0.3) bySeeds++;
      const welch = unpairedBySeeds(first, Array.from(random.normals(4)));
      if (welch.low <= 0.3 && welch.high >= 0.3) notPaired++;
      const a: number[] = [];
      const b: number[] = [];
      for (let row = 0; row < 200; row++) {
        const u = random.uniform();
        a.push(u < 0.7 ? 1 : 0);
        b.push(u < 0.6 || u > 0.95 ? 1 : 0);
      }
      const rows = pairedByRows(a, b);
      if (rows.low <= 0.05 && rows.high >= 0.05) byRows++;
    }
    for (const covered of [bySeeds, byRows]) {
      expect(covered / repetitions).toBeGreaterThan(0.935);
      expect(covered / repetitions).toBeLessThan(0.965);
    }
    // Rounded down, it covers more rather than less.
    expect(notPaired / repetitions).toBeGreaterThan(0.935);
  });

  test("unpaired intervals, by hand", () => {
    const { value, low, high, method } = unpairedBySeeds([1, 2, 3], [2, 4, 6]);
    expect(value).toBe(-2);
    // Variances 1/3 and 4/3: 2.94 degrees of freedom.
    expect(high - value).toBeCloseTo(4.302652729911275 * Math.sqrt(5 / 3), 9);
    expect(value - low).toBeCloseTo(4.302652729911275 * Math.sqrt(5 / 3), 9);
    expect(method).toContain("not paired");
    const rows = unpairedByRows({ accuracy: 0.9, rows: 100 }, { accuracy: 0.8, rows: 400 });
    expect(rows.high - rows.value).toBeCloseTo(1.959964 * Math.sqrt(0.0009 + 0.0004), 6);
  });
});
