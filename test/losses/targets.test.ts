/** What rows are compared with: the same bits on every backend, rows that are left out, and bad input. */

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { FixedClassifier, type FixedClassifierOptions, type LossOptions } from "../../lib/index.js";
import { label, onEachBackend, others, reference } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { detach } from "../support/memory.js";
import { floats, generator, labels } from "../support/random.js";

type Options = Omit<FixedClassifierOptions, "backend">;

/** One block, two segments, a factor, several blocks, masks, columns, the places of an assignment, and tables that are kept. */
const HEADS: readonly Options[] = [
  { features: 16, classes: 10 },
  { features: 16, classes: 25 },
  { features: 1024, classes: 500 },
  { features: 512, classes: 300 },
  { features: 12, classes: 9 },
  { features: 24, classes: 60 },
  { features: 16, classes: 150 },
  { features: 20, classes: 33, code: "cube" },
  { features: 31, classes: 30, code: "simplex" },
  {
    features: 16,
    classes: 12,
    code: { name: "hadamard", assignment: Int32Array.from({ length: 12 }, (_, c) => 11 - c) },
  },
  { features: 9, classes: 30, code: "sylvester", allowDuplicates: true },
  { features: 8, classes: 6, code: "orthogonal" },
  { features: 8, classes: 6, code: "learned" },
];

function headOf(options: Options, backend = reference): FixedClassifier {
  const head = new FixedClassifier({ ...options, backend });
  head.bias?.set(floats(head.classes, 5));
  head.weights?.set(floats(head.weights.length, 6));
  return head;
}

const weightsOf = (length: number, seed: number, zeros: boolean): Float32Array => {
  const random = generator(seed);
  return Float32Array.from({ length }, () => (zeros && random() < 0.3 ? 0 : 0.25 + random()));
};

const CASE = fc.record({
  head: fc.constantFrom(...HEADS),
  rows: fc.integer({ min: 1, max: 40 }),
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
  labelSmoothing: fc.constantFrom(0, 0.1, 0.7),
  classWeights: fc.boolean(),
  sampleWeights: fc.constantFrom("none", "positive", "zeros"),
  soft: fc.boolean(),
  ignored: fc.boolean(),
  margin: fc.constantFrom(0, 0.35),
  angularMargin: fc.constantFrom(0, 0.5, 2),
  reduction: fc.constantFrom("mean", "sum", "none"),
  kind: fc.constantFrom("normal", "huge", "tiny", "rare special"),
} as const);

test("every backend gives the same bits for all targets, weights and margins", () => {
  fc.assert(
    fc.property(CASE, ({ head: options, rows: many, seed, soft, ignored, sampleWeights, kind, ...given }) => {
      const { features, classes } = options;
      // More rows than a chunk has, where a row is short.
      const rows = features * classes < 1000 ? many : 1 + (many % 4);
      const x = floats(rows * features, seed, kind);
      const y = soft ? weightsOf(rows * classes, seed + 1, true) : labels(rows, classes, seed + 1);
      if (ignored && !soft) y[rows >> 1] = -100;
      const learned = options.code === "learned";
      const lossOptions = {
        reduction: given.reduction,
        labelSmoothing: given.labelSmoothing,
        ...(given.classWeights && { classWeights: weightsOf(classes, seed + 2, true) }),
        ...(sampleWeights !== "none" && {
          sampleWeights: weightsOf(rows, seed + 3, sampleWeights === "zeros"),
        }),
        ...(ignored && !soft && { ignoreIndex: -100 }),
        ...(!soft && !learned && { margin: given.margin, angularMargin: given.angularMargin }),
      } as LossOptions;
      const results = [reference, ...others].map((backend) => {
        const head = headOf(options, backend);
        const { loss, gradient } = head.lossAndGradient(x, y, lossOptions);
        const scores = [head.logSumExp(x), head.energy(x, { temperature: 1.5, normalised: false })];
        const { gradient: drift } = head.energyAndGradient(x, { temperature: 0.5, normalised: false });
        return [
          loss instanceof Float32Array ? loss : Float64Array.of(loss as number),
          ...[gradient, drift].flatMap((g) => [
            g.features,
            Float64Array.of(g.scale ?? 0),
            g.bias ?? new Float32Array(),
            g.weights ?? new Float32Array(),
          ]),
          ...scores,
        ];
      });
      results.slice(1).forEach((result, b) => {
        result.forEach((values, i) => {
          expectSameBits(
            values as Float32Array,
            results[0]?.[i] as Float32Array,
            `${label(others[b] ?? reference)}, result ${i}`,
          );
        });
      });
    }),
    { numRuns: 40 },
  );
});

onEachBackend((backend) => {
  const rows = 5;
  const head = headOf({ features: 12, classes: 9 }, backend);
  const x = floats(rows * 12, 1);
  const y = labels(rows, 9, 2);

  test("rows that are left out have no part, whatever their features are", () => {
    const without = head.lossAndGradient(x.subarray(0, 48), y.subarray(0, 4));
    const bad = x.slice();
    bad.fill(Number.NaN, 48);
    const ignored = y.slice();
    ignored[4] = 255;
    for (const { loss, gradient } of [
      head.lossAndGradient(bad, ignored, { ignoreIndex: 255 }),
      head.lossAndGradient(bad, y, { sampleWeights: [1, 1, 1, 1, 0] }),
    ]) {
      expect(loss).toBe(without.loss);
      expectSameBits(gradient.features.subarray(0, 48), without.gradient.features);
      expect(gradient.features.subarray(48)).toEqual(new Float32Array(12));
      expect(gradient.scale).toBe(without.gradient.scale);
      expectSameBits(gradient.bias as Float32Array, without.gradient.bias as Float32Array);
    }
    const { loss } = head.lossAndGradient(bad, ignored, { ignoreIndex: 255, reduction: "none" });
    expect(loss[4]).toBe(0);
    expect(loss.subarray(0, 4).every((v) => v > 0)).toBe(true);
  });

  test("the mean of no rows is NaN, their gradients are 0", () => {
    const { loss, gradient } = head.lossAndGradient(x, new Int32Array(rows).fill(-100), {
      ignoreIndex: -100,
    });
    expect(loss).toBeNaN();
    expect(gradient.features).toEqual(new Float32Array(x.length));
    expect(gradient.scale).toBe(0);
    expect(gradient.bias).toEqual(new Float32Array(9));
  });

  test("a soft target of 0 takes no part, whatever the logit is", () => {
    const masked = headOf({ features: 12, classes: 9 }, backend);
    masked.bias?.fill(-Infinity, 3, 5);
    const targets = new Float32Array(rows * 9);
    y.forEach((_, r) => {
      targets[r * 9] = 0.5;
      targets[r * 9 + 8] = 0.5;
    });
    const { loss, gradient } = masked.lossAndGradient(x, targets);
    expect(Number.isFinite(loss)).toBe(true);
    expect(gradient.features.every(Number.isFinite)).toBe(true);
  });

  test("soft targets of one class are labels", () => {
    const targets = new Float32Array(rows * 9);
    y.forEach((c, r) => {
      targets[r * 9 + c] = 1;
    });
    const hard = head.lossAndGradient(x, y, { labelSmoothing: 0.1 });
    const soft = head.lossAndGradient(x, targets, { labelSmoothing: 0.1 });
    expect(soft.loss).toBeCloseTo(hard.loss, 6);
    soft.gradient.features.forEach((v, i) => {
      expect(v).toBeCloseTo(hard.gradient.features[i] as number, 6);
    });
  });

  test("the input is not written to", () => {
    const [before, targets, weights] = [
      x.slice(),
      floats(rows * 9, 3, "positive"),
      floats(rows, 4, "positive"),
    ];
    const [targetsBefore, weightsBefore] = [targets.slice(), weights.slice()];
    head.lossAndGradient(x, targets, { sampleWeights: weights, classWeights: new Float32Array(9).fill(2) });
    expectSameBits(x, before);
    expectSameBits(targets, targetsBefore);
    expectSameBits(weights, weightsBefore);
  });
});

describe("bad input", () => {
  const head = headOf({ features: 4, classes: 3 });
  const x = floats(8, 1);
  const y = [0, 2];
  test.each([
    [{ ignoreIndex: 1.5 }, RangeError, /ignoreIndex must be an integer from -2147483648/],
    [{ ignoreIndex: "0" }, TypeError, /ignoreIndex must be a number/],
    [{ sampleWeights: 3 }, TypeError, /sampleWeights must be a Float32Array or an array of numbers, got 3/],
    [{ sampleWeights: [1] }, RangeError, /sampleWeights has 1 elements: one a row is needed, 2/],
    [
      { sampleWeights: [1, -1] },
      RangeError,
      /sampleWeights\[1\] must be at least 0 and finite in float32, got -1/,
    ],
    [{ sampleWeights: [1, Number.NaN] }, RangeError, /sampleWeights\[1\] must be .* got NaN/],
    [{ sampleWeights: [1, 1e39] }, RangeError, /sampleWeights\[1\] must be .* got 1e\+39/],
    [{ sampleWeights: [1, "1"] }, TypeError, /sampleWeights\[1\] must be a number, got "1"/],
    [{ classWeights: [1, 2] }, RangeError, /classWeights has 2 elements: one a class is needed, 3/],
    [{ classWeights: new Int32Array(3) }, TypeError, /classWeights must be a Float32Array or/],
    [{ margin: -0.1 }, RangeError, /margin must be from 0 to 2, got -0.1/],
    [{ margin: Number.NaN }, RangeError, /margin must be finite/],
    [{ angularMargin: 3.2 }, RangeError, /angularMargin must be at least 0 and below π, got 3.2/],
    [{ label_smoothing: 0.1 }, TypeError, /no option "label_smoothing", did you mean "labelSmoothing"\?/],
    [{ weights: y }, TypeError, /no option "weights"/],
  ] as [object, ErrorConstructor, RegExp][])("%j", (options, type, message) => {
    const run = (): unknown => head.lossAndGradient(x, y, options as LossOptions);
    expect(run).toThrow(type);
    expect(run).toThrow(message);
  });

  test("weights without memory, of no rows", () => {
    const none = new Float32Array();
    for (const sampleWeights of [detach(new Float32Array(4)), detach(new Float64Array(4))]) {
      const run = (): unknown =>
        head.lossAndGradient(none, [], { sampleWeights: sampleWeights as Float32Array });
      expect(run).toThrow(/sampleWeights is detached/);
    }
  });

  test("gradients that would be written over weights", () => {
    const classWeights = Float32Array.of(1, 2, 3);
    const sampleWeights = new Float32Array(8).fill(1).subarray(6);
    const refused: LossOptions[] = [
      { classWeights, labelSmoothing: 0.1, out: { bias: classWeights } },
      { classWeights, out: { bias: classWeights } },
      { sampleWeights, out: { features: new Float32Array(sampleWeights.buffer) } },
      { sampleWeights, ignoreIndex: 1, out: { features: new Float32Array(sampleWeights.buffer) } },
    ];
    for (const options of refused) {
      expect(() => head.lossAndGradient(x, y, options)).toThrow(/^out\.\w+ overlaps an input/);
    }
    expect(classWeights).toEqual(Float32Array.of(1, 2, 3));
  });

  test("labels of -100 without ignoreIndex", () => {
    expect(() => head.lossAndGradient(x, [0, -100])).toThrow(/labels\[1\] is -100: it must be from 0 to 2/);
    expect(() => head.lossAndGradient(x, [0, 3], { ignoreIndex: -100 })).toThrow(/labels\[1\] is 3/);
  });

  test("soft targets", () => {
    const soft = new Float32Array(6);
    expect(() => head.lossAndGradient(x, new Float32Array(2))).toThrow(
      /labels is a Float32Array of 2 elements: soft targets for 2 rows of 3 classes are 6; labels are integers/,
    );
    expect(() => head.lossAndGradient(x, soft, { ignoreIndex: 0 })).toThrow(/ignoreIndex is for labels/);
    expect(() => head.lossAndGradient(x, soft, { margin: 0.1 })).toThrow(/a margin is for labels/);
    expect(() => head.lossAndGradient(x, soft, { loss: "dot-regression" })).toThrow(
      /this loss is for labels/,
    );
    const out = { features: soft.subarray(0, 8) };
    expect(() => head.lossAndGradient(x, soft, { out })).toThrow(RangeError);
  });

  test("a margin of a head without cosines", () => {
    const learned = headOf({ features: 4, classes: 3, code: "learned" });
    expect(() => learned.lossAndGradient(x, y, { margin: 0.1 })).toThrow(/a margin is taken off a cosine/);
  });
});
