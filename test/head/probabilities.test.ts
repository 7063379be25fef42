import { expect, test } from "@jest/globals";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits, largestError } from "../support/bits.js";
import { createHead, rowsOf } from "../support/heads.js";
import { floats } from "../support/random.js";
import { softmax } from "../support/reference.js";

onEachBackend((backend) => {
  test("softmax of the logits, summing to one", () => {
    for (const [features, classes] of [
      [1, 1],
      [1, 2],
      [10, 32],
      [64, 10],
      [64, 128],
      [512, 1000],
      [2048, 1000],
    ] as const) {
      for (const scale of [0.1, 7, 80, -1000]) {
        const head = createHead({ features, classes, scale }, backend);
        const x = floats(3 * features, features);
        const z = rowsOf(head.forward(x), classes);
        rowsOf(head.probabilities(x), classes).forEach((p, r) => {
          const exact = softmax(Float64Array.from(z[r] as Float32Array));
          // Rounding z − max costs |z − max| · 2^−24 relatively; below e^−87 is zero.
          let worst = 0;
          p.forEach((v, c) => {
            const e = exact[c] as number;
            const error = Math.abs(v - e) / (e * 1e-5 + 1e-37);
            if (!(error <= worst)) worst = error;
          });
          expect(worst).toBeLessThanOrEqual(1);
          expect(Math.abs(p.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-6);
        });
      }
    }
  });

  test("one class has probability 1", () => {
    const head = createHead({ features: 20, classes: 1 }, backend);
    expect([...head.probabilities(floats(40, 1))]).toEqual([1, 1]);
  });

  test("neither large logits nor infinite ones below them spoil the others", () => {
    const head = createHead({ features: 16, classes: 20, scale: 1e30, bias: true }, backend);
    const bias = head.bias as Float32Array;
    bias.fill(-Infinity, 3, 10);
    const p = head.probabilities(floats(16, 2));
    expect(p.every((v) => v >= 0 && v <= 1)).toBe(true);
    expect(p.reduce((a, b) => a + b)).toBe(1);
  });

  test("a logit of ∞ or NaN makes its row NaN", () => {
    for (const value of [Infinity, Number.NaN]) {
      const head = createHead({ features: 16, classes: 20 }, backend);
      (head.bias as Float32Array)[4] = value;
      const p = head.probabilities(floats(32, 2));
      expect(p.filter(Number.isNaN).length).toBeGreaterThan(0);
      expect([p[4], p[24]]).toEqual([Number.NaN, Number.NaN]);
    }
  });

  test("all logits −∞: no class is likelier than another, and NaN says so", () => {
    const head = createHead({ features: 16, classes: 20 }, backend);
    (head.bias as Float32Array).fill(-Infinity);
    expect(head.probabilities(floats(16, 2)).every(Number.isNaN)).toBe(true);
  });

  test("NaN and infinity in a row stay in that row", () => {
    const head = createHead({ features: 50, classes: 33 }, backend);
    const x = floats(4 * 50, 2);
    const clean = head.probabilities(x);
    x[50] = Number.NaN;
    x[2 * 50 + 49] = -Infinity;
    const got = rowsOf(head.probabilities(x), 33);
    expect([got[1], got[2]].every((p) => (p as Float32Array).every(Number.isNaN))).toBe(true);
    for (const r of [0, 3]) expectSameBits(got[r] as Float32Array, rowsOf(clean, 33)[r] as Float32Array);
  });

  test("writes to the start of out and returns that part", () => {
    const head = createHead({ features: 8, classes: 5 }, backend);
    const x = floats(16, 1);
    const out = new Float32Array(13).fill(9);
    const p = head.probabilities(x, { out });
    expect(p.buffer).toBe(out.buffer);
    expectSameBits(p, head.probabilities(x));
    expect([...out.subarray(10)]).toEqual([9, 9, 9]);
    expect(largestError(out.subarray(0, 10), p)).toBe(0);
  });

  test("those of chosen classes are the same, whatever their number and order", () => {
    for (const options of [
      { features: 64, classes: 10 },
      { features: 96, classes: 700 },
      { features: 64, classes: 5000 },
      { features: 23, classes: 24, code: "simplex" },
      { features: 20, classes: 30, code: "learned" },
    ] as const) {
      const head = createHead(options, backend);
      const { features, classes } = options;
      const x = floats(3 * features, 5);
      const all = rowsOf(head.probabilities(x), classes);
      for (const chosen of [[0], [classes - 1, 3, 3, 0], Array.from({ length: classes }, (_, c) => c)]) {
        const few = rowsOf(head.probabilities(x, { classes: Int32Array.from(chosen) }), chosen.length);
        few.forEach((row, r) => {
          expectSameBits(
            row,
            Float32Array.from(chosen, (c) => all[r]?.[c] as number),
          );
        });
        expectSameBits(
          head.probabilities(x, { classes: chosen }).subarray(0, 1),
          (few[0] as Float32Array).subarray(0, 1),
        );
      }
    }
  });

  test("a choice of classes that is none is refused", () => {
    const head = createHead({ features: 8, classes: 5 }, backend);
    const x = floats(16, 1);
    const choose = (classes: unknown) => () => head.probabilities(x, { classes: classes as number[] });
    expect(choose(3)).toThrow(/classes must be an array of integers or an integer typed array, got 3/);
    expect(choose(Float32Array.of(1))).toThrow(TypeError);
    expect(choose([1.5])).toThrow(/classes\[0\] must be an integer, got 1\.5/);
    expect(choose([])).toThrow(/classes is empty: choose at least one/);
    expect(choose([0, 5])).toThrow(/classes\[1\] is 5: it must be from 0 to 4/);
    expect(choose([-1])).toThrow(RangeError);
    const out = new Float32Array(3);
    expect(() => head.probabilities(x, { classes: [1, 2], out })).toThrow(/out has 3 elements, 4 are needed/);
  });
});
