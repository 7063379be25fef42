/** Heads that keep their class vectors: `learned`, an ordinary dense layer, and `orthogonal`. */

import { expect, test } from "@jest/globals";
import { FixedClassifier } from "../../lib/index.js";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits, largest, largestError } from "../support/bits.js";
import { createHead, referenceOf, rowsOf } from "../support/heads.js";
import { detach } from "../support/memory.js";
import { floats, labels } from "../support/random.js";
import { crossEntropy, gradient, logitGradient, logits } from "../support/reference.js";
import { denseTableOf } from "../support/tables.js";

const [FEATURES, CLASSES, ROWS] = [70, 12, 40];
const x = floats(ROWS * FEATURES, 1);
const y = labels(ROWS, CLASSES, 2);

onEachBackend((backend) => {
  const create = (code: "learned" | "orthogonal") =>
    createHead({ features: FEATURES, classes: CLASSES, code }, backend);

  test.each(["learned", "orthogonal"] as const)("%s: forward and gradients by their definition", (code) => {
    const head = create(code);
    const definition = referenceOf(head);
    const features = new Float64Array(x.length);
    const bias = new Float64Array(CLASSES);
    const weights = new Float64Array(CLASSES * FEATURES);
    let [loss, scale] = [0, 0];
    const z = rowsOf(head.forward(x), CLASSES);
    rowsOf(x, FEATURES).forEach((row, r) => {
      const exact = logits(definition, row);
      expect(largestError(z[r] as Float32Array, exact)).toBeLessThan(4e-6 * Math.max(1, largest(exact)));
      loss += crossEntropy(exact, y[r] as number, 0.1);
      const g = logitGradient(exact, y[r] as number, 0.1);
      const of = gradient(definition, row, g);
      features.set(of.features, r * FEATURES);
      scale += of.scale;
      g.forEach((v, c) => {
        bias[c] = (bias[c] as number) + v;
        row.forEach((w, i) => {
          weights[c * FEATURES + i] = (weights[c * FEATURES + i] as number) + v * w;
        });
      });
    });
    const got = head.lossAndGradient(x, y, { labelSmoothing: 0.1, reduction: "sum" });
    expect(Math.abs(got.loss - loss)).toBeLessThan(1e-5 * loss);
    expect(largestError(got.gradient.features, features)).toBeLessThan(3e-5 * largest(features));
    expect(largestError(got.gradient.bias as Float32Array, bias)).toBeLessThan(3e-5 * largest(bias));
    if (code === "learned") {
      expect(got.gradient.scale).toBeNull();
      expect(largestError(got.gradient.weights as Float32Array, weights)).toBeLessThan(
        3e-5 * largest(weights),
      );
    } else {
      expect(Math.abs((got.gradient.scale as number) - scale)).toBeLessThan(3e-4);
      expect(got.gradient.weights).toBeNull();
    }
  });

  test("gradients agree with finite differences of the kernel's own loss", () => {
    for (const code of ["learned", "orthogonal"] as const) {
      const head = create(code);
      const row = x.subarray(0, FEATURES);
      const slope = (values: Float32Array, i: number): number => {
        const [v, h] = [values[i] as number, 2 ** -7];
        const lossAt = (w: number): number => {
          values[i] = w;
          return head.lossAndGradient(moved, [3]).loss;
        };
        const difference = (lossAt(v + h) - lossAt(v - h)) / (2 * h);
        values[i] = v;
        return difference;
      };
      const moved = row.slice();
      const { gradient } = head.lossAndGradient(row, [3]);
      for (const i of [0, 5, 69]) expect(slope(moved, i)).toBeCloseTo(gradient.features[i] as number, 2);
      const bias = head.bias as Float32Array;
      for (const c of [0, 3, 11]) expect(slope(bias, c)).toBeCloseTo(gradient.bias?.[c] as number, 2);
      if (head.weights === null) continue;
      for (const i of [0, 3 * FEATURES + 7, 839]) {
        expect(slope(head.weights, i)).toBeCloseTo(gradient.weights?.[i] as number, 2);
      }
    }
  });

  test("a dense layer learns, and its kernels see every change of the weights", async () => {
    const head = create("learned");
    const first = head.lossAndGradient(x, y).loss;
    for (let step = 0; step < 150; step++) {
      const { weights, bias } = head.lossAndGradient(x, y).gradient;
      for (const [values, by] of [
        [head.weights, weights],
        [head.bias, bias],
      ] as [Float32Array, Float32Array][]) {
        by.forEach((v, i) => {
          values[i] = (values[i] as number) - v;
        });
      }
    }
    expect(head.lossAndGradient(x, y).loss).toBeLessThan(first / 20);
    expect([...head.topK(x, 1).classes]).toEqual([...y]);
    const now = head.forward(x);
    const later = head.forwardAsync(x);
    head.weights?.fill(0);
    expectSameBits(await later, now, "forwardAsync works on the weights as they were");
    head.bias?.fill(0);
    expect(largest(head.forward(x))).toBe(0);
  });

  test("rows are taken as they are, of zeros and of any length", () => {
    const head = create("learned");
    const zeros = new Float32Array(FEATURES);
    expectSameBits(head.forward(zeros), head.bias as Float32Array);
    const { features, weights } = head.lossAndGradient(zeros, [1]).gradient;
    expect(largest(features)).toBeGreaterThan(0);
    expect(largest(weights as Float32Array)).toBe(0);
    head.bias?.fill(0);
    const row = x.subarray(0, FEATURES);
    const doubled = head.forward(row).map((v) => v * 2 ** 20);
    expectSameBits(head.forward(row.map((v) => v * 2 ** 20)), doubled);
  });

  test("arrays for the gradient of the weights are checked, written and returned", () => {
    const head = create("learned");
    const weights = new Float32Array(CLASSES * FEATURES + 3).fill(9);
    const got = head.lossAndGradient(x, y, { out: { weights } }).gradient.weights as Float32Array;
    expect(got.buffer).toBe(weights.buffer);
    expectSameBits(got, head.lossAndGradient(x, y).gradient.weights as Float32Array);
    expect([...weights.subarray(-3)]).toEqual([9, 9, 9]);
    const run = (out: object) => () => head.lossAndGradient(x, y, { out });
    expect(run({ weights: new Float32Array(5) })).toThrow(/out\.weights has 5 elements, 840 are needed/);
    expect(run({ weights, bias: weights.subarray(0, 12) })).toThrow(/out\.bias overlaps out\.weights/);
    const long = new Float32Array(4000);
    expect(run({ features: long, weights: long })).toThrow(/out\.features overlaps out\.weights/);
    expect(run({ weights: head.weights })).toThrow(/out\.weights overlaps an input/);
    expect(() => head.forward(x, { out: head.weights as Float32Array })).toThrow(/out overlaps an input/);
  });

  test("weights that were transferred are told", () => {
    const head = create("learned");
    detach(head.weights as Float32Array<ArrayBuffer>);
    expect(() => head.forward(x)).toThrow(/head\.weights is detached/);
    expect(() => head.toSafetensors()).toThrow(TypeError);
  });
});

test("orthogonal is the same on every machine", () => {
  const last = (features: number, classes: number): number[] => {
    const head = new FixedClassifier({ features, classes, code: "orthogonal", seed: 1 });
    return [...denseTableOf(head).weights.subarray(-6)];
  };
  expect(last(6, 6)).toEqual([
    0.5431061387062073, -0.38028666377067566, 0.2897197902202606, 0.025851426646113396, -0.3309447467327118,
    0.605216920375824,
  ]);
  expect(last(40, 81)).toEqual([
    0.08050550520420074, 0.14884623885154724, -0.08937512338161469, 0.28879857063293457, 0.10836395621299744,
    -0.2175946682691574,
  ]);
});
