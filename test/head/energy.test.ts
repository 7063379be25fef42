/** Scores of a row as a whole: log-sum-exp and energy, with gradients. */

import { describe, expect, test } from "@jest/globals";
import { type EnergyOptions, FixedClassifier } from "../../lib/index.js";
import { onEachBackend, reference } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { floats } from "../support/random.js";
import { type Head, logits } from "../support/reference.js";

const { exp, log, max, hypot } = Math;

const logSumExp = (z: Float64Array): number => {
  const top = max(...z);
  return top + log(z.reduce((sum, v) => sum + exp(v - top), 0));
};

const CODES = ["hadamard", "sylvester", "orthogonal", "learned"] as const;
const [rows, features, classes] = [5, 16, 11];
const x = floats(rows * features, 1);

function headOf(code: (typeof CODES)[number], backend = reference): FixedClassifier {
  const head = new FixedClassifier({ features, classes, code, backend });
  head.bias?.set(floats(classes, 2));
  head.weights?.set(floats(classes * features, 3));
  return head;
}

/** The float64 head: its vectors are read off logits of rows of the identity. */
function definitionOf(head: FixedClassifier): Head {
  const plain = new FixedClassifier({ ...head.settings, bias: false, scale: 1, backend: reference });
  plain.weights?.set(head.weights as Float32Array);
  const vectors = Array.from({ length: classes }, (_, c) =>
    Float64Array.from({ length: features }, (_, i) => {
      const one = new Float32Array(features);
      one[i] = 1;
      return plain.forward(one)[c] as number;
    }),
  );
  const { scale, bias } = head;
  return { vectors, unit: 1, scale, bias, normalised: head.weights === null };
}

/** z of a row, times the length of the row where it counts. */
function logitsOf(head: FixedClassifier, row: Float32Array, normalised: boolean): Float64Array {
  const definition = definitionOf(head);
  if (normalised || head.weights !== null) return logits(definition, row);
  return logits({ ...definition, scale: head.scale * hypot(...row) }, row);
}

onEachBackend((backend) => {
  describe.each(CODES)("code %s", (code) => {
    const head = headOf(code, backend);

    test.each([
      {},
      { normalised: false },
      { temperature: 0.5 },
      { temperature: 3, normalised: false },
    ] satisfies EnergyOptions[])("energy and log-sum-exp with %j are those of float64", (options) => {
      const { temperature: t = 1, normalised = true } = options as EnergyOptions;
      const energies = head.energy(x, options);
      expect(energies.length).toBe(rows);
      energies.forEach((value, r) => {
        const z = logitsOf(head, x.subarray(r * features, (r + 1) * features), normalised);
        const expected = -t * logSumExp(z.map((v) => v / t));
        expect(Math.abs(value - expected)).toBeLessThan(2e-6 * max(1, ...z.map(Math.abs)));
      });
      expectSameBits(
        head.energy(x, { normalised }),
        head.logSumExp(x, { normalised }).map((v) => -v),
      );
    });

    test.each([{}, { normalised: false, temperature: 2 }])(
      "gradients with %j are finite differences",
      (options) => {
        const { values, gradient } = head.energyAndGradient(x, options);
        expectSameBits(values, head.energy(x, options));
        const h = 2 ** -7;
        const total = (at: Float32Array): number => head.energy(at, options).reduce((a, b) => a + b, 0);
        const near = (got: number, up: number, down: number): void =>
          expect(Math.abs(got - (up - down) / (2 * h))).toBeLessThan(4e-3 * max(1, Math.abs(got)));
        for (let i = 0; i < x.length; i += 3) {
          const moved = (d: number) => x.map((v, j) => (i === j ? v + d : v));
          near(gradient.features[i] as number, total(moved(h)), total(moved(-h)));
        }
        const { bias, scale } = head;
        if (bias === null) throw new Error("the head has a bias");
        for (let c = 0; c < classes; c++) {
          const kept = bias[c] as number;
          const at = (value: number): number => {
            bias[c] = value;
            return total(x);
          };
          near(gradient.bias?.[c] as number, at(kept + h), at(kept - h));
          bias[c] = kept;
        }
        if (gradient.scale !== null) {
          const at = (value: number): number => {
            head.scale = value;
            return total(x);
          };
          near(gradient.scale, at(scale + h), at(scale - h));
          head.scale = scale;
        }
      },
    );

    test("log-sum-exp has gradients too, and writes where it is told to", () => {
      const out = { features: new Float32Array(x.length) };
      const { values, gradient } = head.logSumExpAndGradient(x, { out });
      expect(gradient.features).toBe(out.features);
      const other = head.energyAndGradient(x);
      expectSameBits(
        values,
        other.values.map((v) => -v),
      );
      expectSameBits(
        gradient.features,
        other.gradient.features.map((v) => -v),
      );
      const sums = new Float32Array(rows + 2);
      expect(head.logSumExp(x, { out: sums }).buffer).toBe(sums.buffer);
    });
  });

  test("without division by the norm the scale of int8 features counts", () => {
    const head = headOf("hadamard", backend);
    const bytes = Int8Array.from(x, (v) => Math.round(v * 50));
    const floatsOf = Float32Array.from(bytes, (v) => v * 0.25);
    const options = { normalised: false };
    expectSameBits(head.energy(bytes, { ...options, featureScale: 0.25 }), head.energy(floatsOf, options));
    const a = head.energyAndGradient(bytes, { ...options, featureScale: 0.25 }).gradient.features;
    expectSameBits(a, head.energyAndGradient(floatsOf, options).gradient.features);
  });

  test("a row of zeros has a direction where its length counts", () => {
    const head = headOf("hadamard", backend);
    const zeros = new Float32Array(features);
    expect(head.energyAndGradient(zeros).gradient.features).toEqual(zeros);
    const { gradient } = head.energyAndGradient(zeros, { normalised: false });
    expect(Math.hypot(...gradient.features)).toBeGreaterThan(0.1);
  });
});

test.each([
  [{ temperature: 0 }, RangeError, /temperature must be positive, got 0/],
  [{ temperature: "1" }, TypeError, /temperature must be a number/],
  [{ temperature: Infinity }, RangeError, /temperature must be finite/],
  [{ normalised: 1 }, TypeError, /normalised must be true or false/],
  [{ normalized: false }, TypeError, /energy has no option "normalized", did you mean "normalised"\?/],
  [{ out: new Float32Array(4) }, RangeError, /out has 4 elements, 5 are needed/],
  [{ out: x.subarray(0, 5) }, RangeError, /out overlaps an input/],
] as [object, ErrorConstructor, RegExp][])("energy refuses %j", (options, type, message) => {
  const head = headOf("hadamard");
  expect(() => head.energy(x, options as EnergyOptions)).toThrow(type);
  expect(() => head.energy(x, options as EnergyOptions)).toThrow(message);
});
