import { expect, test } from "@jest/globals";
import type { FixedClassifier } from "../../lib/index.js";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { createHead, rowsOf } from "../support/heads.js";
import { guarded } from "../support/memory.js";
import { floats } from "../support/random.js";

/** By larger score, then by lower class; NaN last. */
function sorted(scores: Float32Array): number[] {
  return Array.from(scores.keys()).sort((a, b) => {
    const [x, y] = [scores[a] as number, scores[b] as number];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b;
    return y - x || a - b;
  });
}

onEachBackend((backend) => {
  function compare(
    options: { features: number; classes: number; bias?: boolean },
    x: Float32Array,
    ks: number[],
    prepare = (_head: FixedClassifier) => {},
  ) {
    const head = createHead(options, backend);
    prepare(head);
    const logits = rowsOf(head.forward(x), options.classes);
    for (const k of ks) {
      const top = head.topK(x, k);
      expect([top.classes.length, top.scores.length]).toEqual([logits.length * k, logits.length * k]);
      logits.forEach((z, r) => {
        const expected = sorted(z).slice(0, k);
        expect([...top.classes.subarray(r * k, (r + 1) * k)]).toEqual(expected);
        const scores = Float32Array.from(expected, (c) => z[c] as number);
        expectSameBits(top.scores.subarray(r * k, (r + 1) * k), scores, `scores of row ${r}, k = ${k}`);
      });
    }
  }

  test("the k largest logits, in order", () => {
    for (const [features, classes] of [
      [1, 1],
      [1, 2],
      [5, 16],
      [64, 10],
      [64, 128],
      [300, 1000],
      [512, 100],
    ] as const) {
      const ks = [1, 2, 3, 5, 8, 16, 17, 33, classes - 1, classes].filter((k) => k >= 1 && k <= classes);
      compare({ features, classes }, floats(5 * features, features), ks);
    }
  });

  test("the best classes are written to arrays of the caller, with nothing beside them", () => {
    for (const [features, classes, rows, k] of [
      [64, 100, 1, 1],
      [64, 100, 7, 5],
      [64, 700, 2, 600],
      [64, 100, 0, 3],
    ] as const) {
      const head = createHead({ features, classes }, backend);
      const x = floats(rows * features, classes);
      const expected = head.topK(x, k);
      const own = guarded(new Int32Array(rows * k).fill(-1), 3);
      const scores = guarded(new Float32Array(rows * k).fill(Number.NaN), 5);
      const best = head.topK(x, k, { out: { classes: own.view, scores: scores.view } });
      expect([best.classes, best.scores]).toEqual([own.view, scores.view]);
      expect(best.classes.buffer).toBe(own.view.buffer);
      expect(best.classes).toEqual(expected.classes);
      expectSameBits(best.scores, expected.scores);
      own.check();
      scores.check();
      const longer = new Int32Array(rows * k + 2).fill(-7);
      const half = head.topK(x, k, { out: { classes: longer } });
      expect(half.classes).toEqual(expected.classes);
      expectSameBits(half.scores, expected.scores);
      expect([...longer]).toEqual([...expected.classes, -7, -7]);
    }
  });

  test("ties go to the lowest class", () => {
    // Rows of small integers give few different logits; constant rows give zeros of both signs, which are equal.
    for (const features of [4, 16, 64, 256]) {
      const x = new Float32Array(5 * features);
      x.set(floats(features, 1, "integers").map((v) => Math.sign(v)));
      x.fill(1, features, 2 * features);
      x.fill(-1, 2 * features, 3 * features);
      x[4 * features] = 1;
      compare({ features, classes: 2 * features, bias: false }, x, [1, 2, 3, 7, features, 2 * features]);
    }
  });

  test("many blocks of classes, of which most cannot be among the best", () => {
    const features = 32;
    const x = floats(6 * features, features);
    x.fill(1, 2 * features, 3 * features);
    x[3 * features + 7] = Number.NaN;
    x[4 * features + 7] = -Infinity;
    x.fill(0, 5 * features);
    for (const classes of [700, 65]) {
      for (const scale of [3, -3, 0, Infinity]) {
        compare({ features, classes, bias: false }, x, [1, 5, 20], (head) => {
          head.scale = scale;
        });
        for (const special of [0, 1e30, -Infinity, Infinity, Number.NaN]) {
          compare({ features, classes }, x, [1, 5, 20], (head) => {
            head.scale = scale;
            // A bias that is small, and special values at a third of the classes.
            head.bias?.forEach((b, c, bias) => {
              bias[c] = c % 3 === 1 ? special : b / 100;
            });
          });
        }
        // Better and better classes, then worse ones.
        for (const sign of [1, -1]) {
          compare({ features, classes }, x, [1, 5, 20], (head) => {
            head.scale = scale;
            head.bias?.forEach((_, c, bias) => {
              bias[c] = (sign * c) / 100;
            });
          });
        }
      }
    }
  });

  test("the best class beside NaN, and where nothing is above −∞", () => {
    for (const [beside, best] of [
      [Number.NaN, 1.5],
      [Number.NaN, -Infinity],
      [-Infinity, -Infinity],
      [Number.NaN, Number.NaN],
    ] as const) {
      const head = createHead({ features: 16, classes: 30 }, backend);
      head.bias?.fill(beside);
      for (const c of [23, 9]) (head.bias as Float32Array)[c] = best;
      // The bias alone: a row of zeros.
      const { classes, scores } = head.topK(new Float32Array(16), 1);
      expect([classes[0], scores[0]]).toEqual([Object.is(beside, best) ? 0 : 9, best]);
    }
  });

  test("NaN is below everything, −∞ is not NaN, and ∞ is above everything", () => {
    const head = createHead({ features: 16, classes: 30 }, backend);
    const bias = head.bias as Float32Array;
    bias[0] = Number.NaN;
    bias[3] = -Infinity;
    bias[7] = Number.NaN;
    bias[20] = Infinity;
    bias[25] = Infinity;
    const x = floats(2 * 16, 3);
    const { classes, scores } = head.topK(x, 30);
    for (let r = 0; r < 2; r++) {
      const order = [...classes.subarray(r * 30, (r + 1) * 30)];
      expect(order.slice(0, 2)).toEqual([20, 25]);
      expect(order.slice(27)).toEqual([3, 0, 7]);
      expect(new Set(order).size).toBe(30);
      expect([...scores.subarray(r * 30 + 27, r * 30 + 30)]).toEqual([-Infinity, Number.NaN, Number.NaN]);
    }
    for (let k = 1; k < 30; k++)
      expect([...head.topK(x, k).classes.subarray(0, k)]).toEqual([...classes.subarray(0, k)]);
  });

  test("a row with NaN has the first classes, with NaN, and leaves the other rows alone", () => {
    const head = createHead({ features: 32, classes: 40 }, backend);
    const x = floats(3 * 32, 4);
    const clean = head.topK(x, 4);
    x[32 + 5] = Number.NaN;
    const { classes, scores } = head.topK(x, 4);
    expect([...classes.subarray(4, 8)]).toEqual([0, 1, 2, 3]);
    expect([...scores.subarray(4, 8)]).toEqual(Array(4).fill(Number.NaN));
    for (const r of [0, 2]) {
      expectSameBits(scores.subarray(4 * r, 4 * r + 4), clean.scores.subarray(4 * r, 4 * r + 4));
      expectSameBits(classes.subarray(4 * r, 4 * r + 4), clean.classes.subarray(4 * r, 4 * r + 4));
    }
  });

  test("many classes are sorted: ties, zeros of both signs, infinities and NaN as among few", () => {
    const [features, classes] = [64, 1200];
    const x = floats(3 * features, 5);
    x[features] = Number.NaN;
    compare({ features, classes }, x, [511, 512, 513, classes]);
    compare({ features: 256, classes: 600, bias: false }, new Float32Array(256).fill(-1), [600]);
    const head = createHead({ features, classes }, backend);
    head.bias?.set([-0, 0, Number.NaN, Infinity, -Infinity, 0, -0, Infinity, Number.NaN, -1, 1]);
    const { classes: order, scores } = head.topK(new Float32Array(features), classes);
    expect(order[0]).toBe(3);
    expect(order[1]).toBe(7);
    expect([...order.subarray(-3)]).toEqual([4, 2, 8]);
    const zeros = [...order].filter((c) => c < 7 && [0, 1, 5, 6].includes(c));
    expect(zeros).toEqual([0, 1, 5, 6]);
    expect(Object.is(scores[order.indexOf(0)], -0)).toBe(
      Object.is(head.forward(new Float32Array(features))[0], -0),
    );
  });

  test("all of 100,000 classes come in order within moments", () => {
    const head = createHead({ features: 512, classes: 100_000 }, backend);
    const start = performance.now();
    const { scores } = head.topK(floats(512, 6), 100_000);
    // By insertion into a list it is more than five seconds on every machine.
    expect(performance.now() - start).toBeLessThan(4000);
    for (let i = 1; i < scores.length; i++) {
      if (!((scores[i - 1] as number) >= (scores[i] as number))) throw new Error(`not in order at ${i}`);
    }
  });

  test("k must be an integer from 1 to the number of classes", () => {
    const head = createHead({ features: 8, classes: 5 }, backend);
    for (const k of [0, 6, -1, 1.5, Number.NaN, Infinity]) {
      expect(() => head.topK(new Float32Array(8), k)).toThrow(/k must be an integer from 1 to 5, got /);
      expect(() => head.topK(new Float32Array(8), k)).toThrow(RangeError);
    }
    for (const k of ["1", null, undefined, 1n]) {
      expect(() => head.topK(new Float32Array(8), k as never)).toThrow(TypeError);
    }
  });
});
