import { expect, test } from "vitest";
import { accuracyText, bytes, duration, integer, percent, short } from "../../src/ui/format.js";

const plain = (text: string): string => {
  expect(text).not.toContain(" "); // A line break would part the number from its unit.
  return text.replaceAll("\u00a0", " ");
};

test("numbers with their units", () => {
  expect(plain(percent(0.8674))).toBe("86.7 %");
  expect(plain(accuracyText(0.9, 1000))).toBe("90.0 ± 0.9 %");
  expect([332, 20_480, 2_048_000, 2.048e9, 4e12].map(bytes).map(plain)).toEqual([
    "332 B",
    "20.5 kB",
    "2.05 MB",
    "2.05 GB",
    "4,000 GB",
  ]);
  expect([0.586, 44.14, 2400, 625_000, 7_300_000].map(duration).map(plain)).toEqual([
    "0.586 µs",
    "44.1 µs",
    "2.4 ms",
    "625 ms",
    "7.3 s",
  ]);
  expect([integer(1_000_000), short(0.12345)]).toEqual(["1,000,000", "0.123"]);
});
