/** The bounds that docs/numerics.md states. That of the transform is in fwht.test.ts, that of logits in logits.test.ts. */

import { expect, test } from "@jest/globals";
import { exp, exponentOf, log, powerOfTwo } from "../../lib/numerics/math.js";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits, largest, largestError } from "../support/bits.js";
import { createHead, referenceOf, rowsOf } from "../support/heads.js";
import { floats } from "../support/random.js";
import { logits } from "../support/reference.js";

const { abs } = Math;
const exactExp = Math.exp;
const exactLog = Math.log;

const word = new Uint32Array(1);
const single = new Float32Array(word.buffer);

test("exp is within 2 ULP for every 97th float32 of [−87, 0]", () => {
  single[0] = -87;
  const last = word[0] as number;
  let worst = 0;
  for (let bits = 0x80000000; bits <= last; bits += 97) {
    word[0] = bits;
    const t = single[0] as number;
    const y = exactExp(t);
    // y is in (0, 1], where float32 has 24 significant bits.
    const ulp = powerOfTwo(exponentOf(y) - 23);
    const error = abs(exp(t) - y) / ulp;
    if (!(error <= worst)) worst = error;
  }
  expect(worst).toBeLessThanOrEqual(2);
});

test("exp at its ends", () => {
  expect([exp(0), exp(-0), exp(-Infinity), exp(-87.1), exp(-1e30)]).toEqual([1, 1, 0, 0, 0]);
  expect(exp(-87)).toBeGreaterThan(0);
  expect(exp(Number.NaN)).toBeNaN();
});

test("exp never grows when its argument falls", () => {
  let before = 1;
  for (let i = 1; i < 100_000; i++) {
    const y = exp(Math.fround((-87 * i) / 100_000));
    if (y > before) throw new Error(`exp grows at step ${i}`);
    before = y;
  }
});

test("log is within 4 ULP of float64 from 1e-30 to 1e30", () => {
  let worst = 0;
  const measure = (a: number): void => {
    const y = exactLog(a);
    const ulp = y === 0 ? 2 ** -1074 : powerOfTwo(exponentOf(abs(y)) - 52);
    const error = abs(log(a) - y) / ulp;
    if (!(error <= worst)) worst = error;
  };
  for (let i = -300_000; i <= 300_000; i++) measure(10 ** (i / 10_000));
  // Where the logarithm is near zero, and at the ends of the reduced range.
  for (let i = -200_000; i <= 200_000; i++) measure(1 + i * 1e-6);
  for (const center of [1, Math.SQRT1_2, Math.SQRT2, 2, 0.5]) {
    for (let i = -1000; i <= 1000; i++) measure(center * (1 + i * 2 ** -52));
  }
  for (let k = -99; k < 100; k++) measure(2 ** k);
  expect(worst).toBeLessThanOrEqual(4);
});

test("log at its ends", () => {
  expect([log(0), log(1), log(Infinity)]).toEqual([-Infinity, 0, Infinity]);
  expect(log(Number.NaN)).toBeNaN();
});

/** Rows whose sum of squares leaves float32, in all the ways. */
const extremes: Record<string, (length: number) => Float32Array> = {
  "all 1e38": (n) => new Float32Array(n).fill(1e38).map((v, i) => (i % 3 === 0 ? -v : v)),
  "all the largest number": (n) => new Float32Array(n).fill(3.4028234663852886e38).fill(-3.4e38, 1),
  "all 1e-42": (n) => floats(n, 1, "tiny"),
  "the smallest number once": (n) => new Float32Array(n).fill(2 ** -149, 0, 1),
  "1e38 once in 1e-42": (n) => floats(n, 1, "tiny").fill(1e38, n - 1),
  "numbers of every size": (n) => floats(n, 1, "mixed"),
  "1e-20, whose square is a denormal": (n) => floats(n, 1).map((v) => v * 1e-20),
  "1e19, whose square is near the largest number": (n) => floats(n, 1).map((v) => v * 1e19),
  "just below where rows are rescaled": (n) => floats(n, 1).map((v) => v * 2 ** 45),
  "just above where rows are rescaled": (n) => floats(n, 1).map((v) => v * 2 ** 55),
};

onEachBackend((backend) => {
  test.each(Object.keys(extremes))("no row overflows or underflows: %s", (kind) => {
    for (const features of [1, 3, 64, 100, 1000]) {
      const x = (extremes[kind] as (length: number) => Float32Array)(features);
      const head = createHead({ features, classes: Math.min(50, 2 * features) }, backend);
      const got = head.forward(x);
      const exact = logits(referenceOf(head), x);
      const size = Math.max(largest(exact), head.scale / Math.sqrt(features));
      expect(largestError(got, exact) / size).toBeLessThan(4e-6);
      expect(head.lossAndGradient(x, [0]).gradient.features.every(Number.isFinite)).toBe(true);
    }
  });

  test("NaN and infinity give NaN in their row only, wherever they stand", () => {
    const [features, classes] = [130, 200];
    const head = createHead({ features, classes }, backend);
    const x = floats(5 * features, 1);
    const clean = rowsOf(head.forward(x), classes);
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      for (const at of [0, 1, 63, 64, 127, 128, 129]) {
        const spoiled = x.slice();
        spoiled[2 * features + at] = bad;
        rowsOf(head.forward(spoiled), classes).forEach((row, r) => {
          if (r === 2) expect(row.every(Number.isNaN)).toBe(true);
          else expectSameBits(row, clean[r] as Float32Array, `row ${r}`);
        });
      }
    }
  });

  test("infinities that cancel give NaN too", () => {
    const head = createHead({ features: 16, classes: 20 }, backend);
    for (const values of [
      [Infinity, -Infinity],
      [Infinity, Infinity],
      [3e38, Infinity],
      [1e-45, Number.NaN],
    ]) {
      const x = new Float32Array(16);
      x.set(values);
      expect(head.forward(x).every(Number.isNaN)).toBe(true);
    }
  });
});
