/** No rows: an empty batch has empty results of the right shape, on every backend. */

import { expect, test } from "@jest/globals";
import type { Features } from "../../lib/features.js";
import { FixedClassifier, type FixedClassifierOptions, fwht } from "../../lib/index.js";
import { onEachBackend } from "../support/backends.js";
import { guarded } from "../support/memory.js";

const [FEATURES, CLASSES] = [20, 5];
const NONE = new Float32Array(0);

const CODES: NonNullable<FixedClassifierOptions["code"]>[] = [
  "hadamard",
  "sylvester",
  "orthogonal",
  "learned",
  { name: "hadamard", assignment: [7, 0, 3] },
];

/** Features of every type, with the options that they need. */
const EMPTY: readonly (readonly [Features, object])[] = [
  [NONE, {}],
  [new Float32Array(64).subarray(3, 3), {}],
  [new Float32Array(64).subarray(64), {}],
  [new Uint16Array(0), { type: "float16" }],
  [new Uint16Array(0), { type: "bfloat16" }],
  [new Int8Array(0), {}],
  [new Int8Array(0), { featureScale: 0.5 }],
];

onEachBackend((backend) => {
  test.each(CODES)("a head with the code %j", async (code) => {
    const head = new FixedClassifier({ features: FEATURES, classes: CLASSES, code, backend });
    for (const [x, options] of EMPTY) {
      expect(head.forward(x, options)).toEqual(NONE);
      expect(head.probabilities(x, options)).toEqual(NONE);
      expect(head.probabilities(x, { ...options, classes: [4, 1] })).toEqual(NONE);
      expect(head.topK(x, 2, options)).toEqual({ classes: new Int32Array(0), scores: NONE });
      expect(await head.forwardAsync(x, options)).toEqual(NONE);
      const gradient = {
        features: NONE,
        scale: code === "learned" ? null : 0,
        bias: new Float32Array(CLASSES),
        weights: code === "learned" ? new Float32Array(CLASSES * FEATURES) : null,
      };
      expect(head.backward(x, NONE, options)).toEqual(gradient);
      for (const loss of ["cross-entropy", "dot-regression"] as const) {
        const lossOf = (reduction: "mean" | "sum" | "none") =>
          head.lossAndGradient(x, [], { ...options, loss, reduction });
        expect(lossOf("mean")).toEqual({ loss: Number.NaN, gradient });
        expect(lossOf("sum")).toEqual({ loss: 0, gradient });
        expect(lossOf("none")).toEqual({ loss: NONE, gradient });
      }
    }
    expect(head.plan(NONE)()).toEqual(NONE);
    const options = { labelSmoothing: 0.1, classWeights: [1, 2, 0, 1, 3], sampleWeights: NONE } as const;
    const margin = code === "learned" ? {} : { angularMargin: 0.2, ignoreIndex: 1 };
    expect(head.lossAndGradient(NONE, [], { ...options, ...margin }).loss).toBeNaN();
    expect(head.lossAndGradient(NONE, NONE, { ...options, reduction: "sum" }).loss).toBe(0);
    const values = { values: NONE, gradient: head.backward(NONE, NONE) };
    for (const normalised of [true, false]) {
      expect(head.logSumExp(NONE, { normalised })).toEqual(NONE);
      expect(head.energy(new Int8Array(0), { normalised, temperature: 2 })).toEqual(NONE);
      expect(head.logSumExpAndGradient(NONE, { normalised })).toEqual(values);
      expect(head.energyAndGradient(NONE, { normalised, temperature: 2 })).toEqual(values);
    }
    const { scale } = head;
    expect(head.calibrate(NONE, [])).toEqual({ temperature: 1, before: Number.NaN, after: Number.NaN });
    expect(head.scale).toBe(scale);
    const out = new Float32Array(0);
    expect(head.plan(NONE, { out })()).toBe(out);
  });

  test("arrays given for the results: sums over rows are written, nothing else is", () => {
    const head = new FixedClassifier({ features: FEATURES, classes: CLASSES, backend });
    const long = guarded(new Float32Array(8).fill(7));
    const bias = guarded(new Float32Array(CLASSES).fill(7));
    expect(head.forward(NONE, { out: long.view })).toEqual(NONE);
    expect(head.probabilities(NONE, { out: long.view })).toEqual(NONE);
    const { gradient } = head.lossAndGradient(NONE, new Int32Array(0), {
      out: { features: long.view, bias: bias.view },
    });
    expect(gradient.bias).toBe(bias.view);
    expect(bias.view).toEqual(new Float32Array(CLASSES));
    expect(long.view).toEqual(new Float32Array(8).fill(7));
    for (const { check } of [long, bias]) check();
  });

  test("the next rows are as they would be", () => {
    const head = new FixedClassifier({ features: FEATURES, classes: CLASSES, backend });
    const x = new Float32Array(FEATURES).fill(1);
    const before = head.lossAndGradient(x, [1]);
    head.lossAndGradient(NONE, []);
    head.backward(NONE, NONE);
    expect(head.lossAndGradient(x, [1])).toEqual(before);
  });

  test("an array without elements is no rows for a number of labels or gradients", () => {
    const head = new FixedClassifier({ features: FEATURES, classes: CLASSES, backend });
    expect(() => head.lossAndGradient(NONE, [1])).toThrow(/labels has 1 elements for 0 rows/);
    expect(() => head.backward(NONE, new Float32Array(5))).toThrow(/gradLogits has 5 elements, 0 rows of 5/);
  });

  test("a transform gives the array back", () => {
    for (const Type of [Float32Array, Float64Array, Int32Array]) {
      for (const rowLength of [undefined, 1, 2, 12, 64, 2 ** 20, 12 * 2 ** 18]) {
        for (const scale of [1, "inverse"] as const) {
          const options = { backend, scale, ...(rowLength !== undefined && { rowLength }) };
          const x = new Type(0);
          expect(fwht(x, options)).toBe(x);
          fwht.plan(x, options)();
        }
      }
      const x = new Type(0);
      expect(fwht(x)).toBe(x);
      expect(fwht(x, { backend, ordering: "sequency" })).toBe(x);
      fwht.plan(x)();
      expect(() => fwht(x, { rowLength: 3 })).toThrow(/rowLength must be the order of a known/);
    }
  });
});
