import { expect, test } from "vitest";
import * as format from "../../src/report/format.js";

test("numbers as they are shown", () => {
  expect(format.percent(0.91234)).toBe("91.23");
  expect(format.percent(null)).toBe("–");
  expect(format.points(0.00123)).toBe("+0.12");
  expect(format.points(-0.00123)).toBe("−0.12");
  expect(format.points(Number.NaN)).toBe("–");
  expect(format.decimal(Number.POSITIVE_INFINITY, 3)).toBe("–");
  expect(format.count(1234567)).toBe("1,234,567");
  expect([0, 999, 999_400, 999_600, 5130, 1.5e9].map(format.compact)).toEqual([
    "0",
    "999",
    "999 k",
    "1 M",
    "5.13 k",
    "1.5 G",
  ]);
  expect(format.bytes(2052)).toBe("2.05 kB");
  expect([0.056789, 1.2345, 123.4, 0, -2.5].map(format.short)).toEqual([
    "0.0568",
    "1.23",
    "123",
    "0",
    "−2.5",
  ]);
  expect([9.94, 9.96, 59.6, 125, 3599.7, 3725].map(format.duration)).toEqual([
    "9.9 s",
    "10 s",
    "1:00 min",
    "2:05 min",
    "1:00 h",
    "1:02 h",
  ]);
});
