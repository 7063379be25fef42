import { expect, test } from "vitest";
import { readSchedule } from "../../src/training/schedule.js";

test("schedules go from one to nothing, or stay", () => {
  const cosine = readSchedule("cosine");
  expect([0, 0.5, 1].map(cosine).map((value) => value.toFixed(6))).toEqual([
    "1.000000",
    "0.500000",
    "0.000000",
  ]);
  expect(readSchedule("linear")(0.25)).toBe(0.75);
  expect(readSchedule("constant")(0.9)).toBe(1);
});

test("a warm-up rises to one, from where the rest goes down", () => {
  for (const name of ["cosine:0.1", "linear:0.1"]) {
    const schedule = readSchedule(name);
    expect(schedule(0)).toBe(0);
    expect(schedule(0.05)).toBe(0.5);
    expect(schedule(0.1)).toBe(1);
    expect(schedule(1)).toBeCloseTo(0, 12);
  }
});

test.each(["", "step", "cosine:1", "cosine:x", "constant:-1", "toString"])("%j is no schedule", (text) => {
  expect(() => readSchedule(text)).toThrow(/is no schedule: choose cosine/);
});
