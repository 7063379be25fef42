/** What every loss has to do: a new one is held to it by its line in lib/losses/index.ts. */

import { describe, expect, test } from "@jest/globals";
import { FixedClassifier, type LossName, type LossOptions } from "../../lib/index.js";
import { LOSS_NAMES, LOSSES } from "../../lib/losses/index.js";
import { onEachBackend, reference } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { floats, labels } from "../support/random.js";

/** Values other than the defaults for options that losses may have. */
const OPTIONS: Record<string, unknown> = {
  labelSmoothing: 0.2,
  classWeights: [1, 0.5, 2, 0.25, 1.5, 3],
  margin: 0.2,
  angularMargin: 0.3,
  target: 2.5,
};

const [rows, features, classes] = [4, 8, 6];
const x = floats(rows * features, 1);
const y = labels(rows, classes, 2);
const bias = floats(classes, 3);

const headOf = (scale = 5, values: ArrayLike<number> = bias, backend = reference): FixedClassifier => {
  const head = new FixedClassifier({ features, classes, scale, backend });
  head.bias?.set(values);
  return head;
};

describe.each(LOSS_NAMES)("%s", (loss: LossName) => {
  const given = Object.fromEntries(LOSSES[loss].options.map((name) => [name, OPTIONS[name]]));

  test("has values for the test of all of its options", () => {
    expect(Object.values(given)).not.toContain(undefined);
  });

  describe.each([{}, given])("options %j", (own) => {
    const options = { loss, ...own } as LossOptions;
    const { classWeights } = own as { classWeights?: number[] };

    test("the reductions agree", () => {
      const none = headOf().lossAndGradient(x, y, { ...options, reduction: "none" });
      const sum = headOf().lossAndGradient(x, y, { ...options, reduction: "sum" });
      const mean = headOf().lossAndGradient(x, y, options);
      expect(sum.loss).toBe(none.loss.reduce((a, b) => a + b, 0));
      const count = y.reduce((total, label) => total + (classWeights?.[label] ?? 1), 0);
      expect(mean.loss).toBeCloseTo(sum.loss / count, 6);
      expectSameBits(sum.gradient.features, none.gradient.features);
      expect(mean.gradient.scale).toBeCloseTo((sum.gradient.scale as number) / count, 5);
    });

    test("the gradients are finite differences", () => {
      const fixed = loss === "dot-regression" ? { target: 5, ...options } : options;
      const value = (scale: number, values: ArrayLike<number>, at: Float32Array): number => {
        const each = headOf(scale, values).lossAndGradient(at, y, { ...fixed, reduction: "none" });
        return each.loss.reduce((a, b) => a + b, 0);
      };
      const { gradient } = headOf().lossAndGradient(x, y, { ...fixed, reduction: "sum" });
      // Float32 all the way: the step is a compromise between its rounding and the curvature.
      const h = 2 ** -7;
      const near = (got: number, up: number, down: number): void =>
        expect(Math.abs(got - (up - down) / (2 * h))).toBeLessThan(2e-3 * Math.max(1, Math.abs(got)));
      near(gradient.scale as number, value(5 + h, bias, x), value(5 - h, bias, x));
      for (let c = 0; c < classes; c++) {
        const moved = (d: number) => bias.map((b, i) => (i === c ? b + d : b));
        near(gradient.bias?.[c] as number, value(5, moved(h), x), value(5, moved(-h), x));
      }
      for (let i = 0; i < x.length; i++) {
        const moved = (d: number) => x.map((v, j) => (i === j ? v + d : v));
        near(gradient.features[i] as number, value(5, bias, moved(h)), value(5, bias, moved(-h)));
      }
    });

    onEachBackend((backend) => {
      test("the same bits", () => {
        const expected = headOf().lossAndGradient(x, y, { ...options, reduction: "none" });
        const got = headOf(5, bias, backend).lossAndGradient(x, y, { ...options, reduction: "none" });
        expectSameBits(got.loss, expected.loss);
        expectSameBits(got.gradient.features, expected.gradient.features);
        expectSameBits(got.gradient.bias as Float32Array, expected.gradient.bias as Float32Array);
        expect(got.gradient.scale).toBe(expected.gradient.scale);
      });
    });

    test("NaN in a row spoils that row only", () => {
      const spoilt = x.slice();
      spoilt[features + 2] = Number.NaN;
      const { loss: losses, gradient } = headOf().lossAndGradient(spoilt, y, {
        ...options,
        reduction: "none",
      });
      expect([...losses].map(Number.isNaN)).toEqual([false, true, false, false]);
      const clean = headOf().lossAndGradient(x, y, { ...options, reduction: "none" }).gradient;
      expectSameBits(gradient.features.subarray(2 * features), clean.features.subarray(2 * features));
    });
  });

  test("refuses options that it does not have", () => {
    const run = () => headOf().lossAndGradient(x, y, { loss, ...given, width: 1 } as never);
    expect(run).toThrow(TypeError);
    expect(run).toThrow(`loss "${loss}" has no option "width"`);
  });
});
