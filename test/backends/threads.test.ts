import { describe, expect, test } from "@jest/globals";
import { type Backend, createBackend, FixedClassifier, fwht, rotation } from "../../lib/index.js";
import { randomUniform } from "../../lib/random.js";
import { expectSameBits } from "../support/bits.js";

/** The native backend with this number of threads, or undefined where there is none. */
function native(threads: number): Backend | undefined {
  try {
    return createBackend("native", { threads });
  } catch {
    return undefined;
  }
}

const one = native(1);
const runs = one === undefined ? describe.skip : describe;

// More threads than processors, so that they meet in every order.
runs.each([2, 3, 8])("the bits of one thread with %i", (threads) => {
  const many = native(threads) as Backend;

  test.each([2 ** 17, 2 ** 18, 2 ** 19, 2 ** 21])("a row of %i", (n) => {
    const values = randomUniform(n, 1, n);
    for (const x of [values, Float64Array.from(values), Int32Array.from(values, (v) => v * 2 ** 31)]) {
      const scale = x instanceof Int32Array ? "inverse" : "orthonormal";
      const expected = fwht(x.slice(), { backend: one as Backend, scale });
      expectSameBits(fwht(x.slice(), { backend: many, scale }), expected, `${n}`);
    }
  });

  test.each([
    [1024, 1000],
    [65_536, 12],
    [262_144, 3],
  ])("rows of %i, %i of them", (rowLength, rows) => {
    const x = randomUniform(rowLength * rows, 1, rows);
    const expected = fwht(x.slice(), { backend: one as Backend, rowLength });
    expectSameBits(fwht(x.slice(), { backend: many, rowLength }), expected, `${rowLength}`);
  });

  test.each([
    [1, 1024, 512],
    [1, 20 * 64, 300],
    [3, 4096, 65],
    [500, 64, 17],
    [1, 4, 200_000],
  ])("columns, %i × %i × %i", (outer, length, inner) => {
    const values = randomUniform(outer * length * inner, 1, length);
    for (const x of [values, Int32Array.from(values, (v) => v * 2 ** 31)]) {
      const scale = x instanceof Int32Array ? "inverse" : "orthonormal";
      const options = { shape: [outer, length, inner], axes: [1], scale } as const;
      const expected = fwht(x.slice(), { ...options, backend: one as Backend });
      expectSameBits(fwht(x.slice(), { ...options, backend: many }), expected, `${length} × ${inner}`);
    }
  });

  test.each([
    [1024, 501],
    [1000, 333],
    [768, 250],
    [300_001, 3],
  ])("rotated rows of %i, %i of them", (length, rows) => {
    const x = randomUniform(length * rows, 1, rows);
    const [alone, together] = [one as Backend, many].map((backend) => rotation({ length, backend }));
    const expected = alone?.apply(x.slice()) as Float32Array;
    expectSameBits(together?.apply(x.slice()) as Float32Array, expected, `${length}`);
    expectSameBits(
      together?.invert(expected.slice()) as Float32Array,
      alone?.invert(expected) as Float32Array,
      `${length} undone`,
    );
  });

  test("a product code, 1,001 rows, and the gradient by its class vectors", () => {
    const rows = 1001;
    const x = randomUniform(rows * 64, 1, 6);
    const labels = Int32Array.from({ length: rows }, (_, r) => (r * 7) % 2100);
    const [alone, together] = [one as Backend, many].map((backend) => {
      const code = { name: "product", width: 8, stages: 2 } as const;
      const head = new FixedClassifier({ features: 64, classes: 2100, code, backend });
      const { loss, gradient } = head.lossAndGradient(x, labels, { weightGradient: true });
      const named = Int32Array.of(2099, 5, 1030);
      const back = head.backward(x, head.forward(x), { weightGradient: named });
      return { loss, ...gradient, backWeights: back.weights as Float32Array };
    });
    for (const name of ["features", "bias", "weights", "backWeights"] as const) {
      expectSameBits(together?.[name] as Float32Array, alone?.[name] as Float32Array, name);
    }
    expect(together?.loss).toBe(alone?.loss);
    expect(together?.scale).toBe(alone?.scale);
  });

  test("heads, 1,001 rows", () => {
    const rows = 1001;
    const x = randomUniform(rows * 512, 1, 5);
    const labels = Int32Array.from({ length: rows }, (_, r) => (r * 7) % 700);
    const results = [one as Backend, many].map((backend) => {
      const head = new FixedClassifier({ features: 512, classes: 700, backend });
      const { loss, gradient } = head.lossAndGradient(x, labels, { reduction: "none", labelSmoothing: 0.1 });
      const { classes, scores } = head.topK(x, 3);
      const back = head.backward(x, head.forward(x));
      return {
        logits: head.forward(x),
        probabilities: head.probabilities(x),
        classes: Float32Array.from(classes),
        scores,
        loss,
        features: gradient.features,
        bias: gradient.bias as Float32Array,
        scale: Float64Array.of(gradient.scale as number, back.scale as number),
        backFeatures: back.features,
        backBias: back.bias as Float32Array,
      };
    });
    for (const [name, expected] of Object.entries(results[0] ?? {})) {
      expectSameBits(
        (results[1] as Record<string, typeof expected>)[name] as typeof expected,
        expected,
        name,
      );
    }
  });
});

test("a number of threads that cannot be is refused", () => {
  for (const threads of [0, 1.5, 1000, Number.NaN]) {
    expect(() => createBackend("native", { threads })).toThrow(/threads must be an integer from 1 to 256/);
  }
});
