import { expect, test } from "@jest/globals";
import { FixedClassifier } from "../../lib/index.js";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { floats } from "../support/random.js";

onEachBackend((backend) => {
  const x = floats(3 * 48, 1);
  const create = (options = {}): FixedClassifier =>
    new FixedClassifier({ features: 48, classes: 70, backend, ...options });

  test("logits follow the scale: signed, by powers of two exactly", () => {
    const head = create({ bias: false, scale: 3 });
    const logits = head.forward(x);
    head.scale = -6;
    expectSameBits(
      head.forward(x),
      logits.map((v) => -2 * v),
    );
    head.scale = 0;
    expect(head.forward(x).every((v) => v === 0)).toBe(true);
  });

  test("the scale is kept in float32, so that a stored head is the same head", () => {
    const head = create();
    head.scale = 0.1;
    expect(head.scale).toBe(Math.fround(0.1));
  });

  test("a scale beyond float32, and what is no number, is refused and changes nothing", () => {
    const head = create({ scale: 2 });
    for (const scale of [1e39, -1e300, Number.MAX_VALUE]) {
      const set = (): void => {
        head.scale = scale;
      };
      expect(set).toThrow(RangeError);
      expect(set).toThrow(`scale must be within the range of float32, got ${scale}`);
      expect(() => create({ scale })).toThrow(RangeError);
    }
    for (const scale of ["2", null, 2n, {}]) {
      expect(() => {
        (head as { scale: unknown }).scale = scale;
      }).toThrow(/scale must be a number, got /);
      if (scale !== null) expect(() => create({ scale })).toThrow(TypeError);
    }
    expect(create({ scale: null }).scale).toBe(create({}).scale);
    expect(head.scale).toBe(2);
  });

  test("a scale that training has made NaN or infinite is kept, and gives NaN", () => {
    for (const scale of [Number.NaN, Infinity, -Infinity]) {
      const head = create({ scale: 2 });
      head.scale = scale;
      expect(head.scale).toBe(scale);
      const zeros = new Float32Array(48);
      for (const values of [head.forward(zeros), head.probabilities(x)]) {
        expect(values.every(Number.isNaN)).toBe(true);
      }
      const { loss, gradient } = head.lossAndGradient(x, [1, 2, 3]);
      expect(loss).toBeNaN();
      expect(head.lossAndGradient(x, [1, 2, 3], { loss: "dot-regression" }).loss).toBeNaN();
      expect(head.logSumExp(x)[0]).toBeNaN();
      expect(head.calibrate(x, [1, 2, 3])).toMatchObject({ temperature: 1 });
      expect(gradient.scale).toBeNaN();
      for (const values of [gradient.features, gradient.bias]) expect(values?.every(Number.isNaN)).toBe(true);
      expect(head.topK(zeros, 2)).toEqual({
        classes: Int32Array.of(0, 1),
        scores: Float32Array.of(Number.NaN, Number.NaN),
      });
      expect(head.withClasses(71).scale).toBe(scale);
      head.scale = 2;
      expectSameBits(head.forward(x), create({ scale: 2 }).forward(x));
    }
  });

  test("no head starts with a scale that is not finite", () => {
    for (const scale of [Number.NaN, Infinity, -Infinity]) {
      expect(() => create({ scale })).toThrow(RangeError);
      expect(() => create({ scale })).toThrow(`scale must be finite, got ${scale}`);
    }
  });

  test("what is written into the bias counts from the next call on", () => {
    const head = create({ scale: 0 });
    head.bias?.set(floats(70, 2));
    const logits = head.forward(x);
    for (let r = 0; r < 3; r++) {
      expectSameBits(logits.subarray(r * 70, (r + 1) * 70), head.bias as Float32Array);
    }
  });

  test("without bias is a bias of zero", () => {
    const logits = create({ bias: false }).forward(x);
    // −0 + 0 is 0.
    expectSameBits(
      create().forward(x),
      logits.map((v) => v + 0),
    );
  });

  test("a bias whose buffer was transferred is an error, not a crash", () => {
    const head = create();
    structuredClone(head.bias, { transfer: [head.bias?.buffer as ArrayBuffer] });
    const out = new Float32Array(3 * 70).fill(7);
    expect(() => head.forward(x, { out })).toThrow(/head\.bias is detached/);
    expect(() => head.topK(x, 1)).toThrow(TypeError);
    expect(() => head.probabilities(x)).toThrow(TypeError);
    expect(() => head.backward(x, new Float32Array(3 * 70))).toThrow(TypeError);
    expect(() => head.lossAndGradient(x, [0, 0, 0])).toThrow(TypeError);
    expect(() => head.toSafetensors()).toThrow(TypeError);
    expect(out.every((v) => v === 7)).toBe(true);
  });
});
