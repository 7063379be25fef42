/** Calls that come again and again with the same arrays are planned: what has changed since is seen at the next one. */

import { expect, jest, test } from "@jest/globals";
import { last, note } from "../../lib/backends/native/again.js";
import { FixedClassifier } from "../../lib/index.js";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { createHead } from "../support/heads.js";
import { detach, guarded, resizable } from "../support/memory.js";
import { floats } from "../support/random.js";

const [FEATURES, CLASSES] = [12, 5];
/** More than it takes. */
const OFTEN = 5000;

onEachBackend((backend) => {
  const setUp = (x = floats(FEATURES, 1), out = new Float32Array(CLASSES)) => {
    const head = createHead({ features: FEATURES, classes: CLASSES }, backend);
    const forward = (given: unknown = x, options: unknown = { out }): Float32Array =>
      head.forward(given as Float32Array, options as { out: Float32Array });
    for (let i = 0; i < OFTEN; i++) forward();
    return { head, x, out, forward };
  };
  /** By the way that makes no plan. */
  const expected = (head: FixedClassifier, x: Float32Array) => head.forward(x, null);

  test("what x, the scale and the bias hold at the moment", () => {
    const { head, x, out, forward } = setUp();
    for (let seed = 2; seed < 6; seed++) {
      x.set(floats(FEATURES, seed));
      head.scale = seed - 3.5;
      head.bias?.fill(seed);
      expect(forward()).toBe(out);
      expectSameBits(out, expected(head, x));
    }
  });

  test("another head, x or out by turns", () => {
    const [a, b] = [setUp(), setUp()];
    b.head.scale = -1;
    const x = floats(FEATURES, 7);
    for (let i = 0; i < 20; i++) {
      for (const { head } of [a, b]) {
        for (const [rows, out] of [
          [a.x, a.out],
          [x, a.out],
          [a.x, b.out],
        ] as const) {
          expectSameBits(head.forward(rows, { out }), expected(head, rows));
        }
      }
      if (i % 10 === 0) for (let k = 0; k < OFTEN; k++) (i === 0 ? a : b).forward();
    }
  });

  test("memory that is gone", () => {
    for (const which of ["x", "out", "bias"] as const) {
      const { head, x, out, forward } = setUp();
      out.fill(77);
      detach({ x, out, bias: head.bias as Float32Array }[which]);
      for (let i = 0; i < 3; i++) expect(forward).toThrow(new RegExp(`${which} is detached`));
      if (which !== "out") expect(out.every((value) => value === 77)).toBe(true);
    }
  });

  test("memory that shrinks and grows", () => {
    const [inputs, outputs] = [resizable(4 * FEATURES, 800), resizable(4 * CLASSES, 800)];
    const views = [new Float32Array(inputs), new Float32Array(outputs)] as const;
    views[0].set(floats(FEATURES, 1));
    const { head, x, out, forward } = setUp(...views);
    outputs.resize(4 * (CLASSES - 1));
    expect(forward).toThrow(/out has 4 elements, 5 are needed/);
    outputs.resize(4 * CLASSES);
    expectSameBits(forward(), expected(head, x));
    inputs.resize(4 * (FEATURES - 1));
    out.fill(77);
    expect(forward).toThrow(/x has 11 elements, no whole number of rows/);
    inputs.resize(0);
    expect(forward()).toHaveLength(0);
    expect(out.every((value) => value === 77)).toBe(true);
    inputs.resize(8 * FEATURES);
    outputs.resize(8 * CLASSES);
    x.set(floats(2 * FEATURES, 2));
    for (let i = 0; i < OFTEN; i++) forward();
    expectSameBits(forward(), expected(head, x));
    inputs.resize(4 * FEATURES);
    expect(forward()).toHaveLength(CLASSES);
  });

  test("options that are more, and arrays that lie", () => {
    const { x, out, forward } = setUp();
    out.fill(77);
    expect(() => forward(x, { out, outt: 1 })).toThrow(/no option "outt"/);
    expect(() => forward(x, Object.assign([], { out }))).toThrow(/must be an object/);
    expect(() => forward(x, { out, type: "float16" })).toThrow(/type says/);
    expect(out.every((value) => value === 77)).toBe(true);
  });

  test("a property named length does not hide that an array is detached", () => {
    for (const which of ["x", "out"] as const) {
      const { x, out, forward } = setUp();
      Object.defineProperty({ x, out }[which], "length", { value: { x, out }[which].length });
      detach({ x, out }[which]);
      expect(forward).toThrow(new RegExp(`${which} is detached`));
    }
  });

  test("nothing is read or written beside the arrays", () => {
    const [x, out] = [guarded(floats(FEATURES, 1), 3), guarded(new Float32Array(CLASSES), 1)];
    const { head } = setUp(x.view, out.view);
    expectSameBits(out.view, expected(head, x.view));
    x.check();
    out.check();
  });

  test("class vectors that are learned", () => {
    const head = new FixedClassifier({ features: FEATURES, classes: CLASSES, code: "learned", backend });
    const [x, out] = [floats(FEATURES, 1), new Float32Array(CLASSES)];
    for (let i = 0; i < OFTEN; i++) head.forward(x, { out });
    head.weights?.set(floats(FEATURES * CLASSES, 3));
    expectSameBits(head.forward(x, { out }), expected(head, x));
    detach(head.weights as Float32Array);
    expect(() => head.forward(x, { out })).toThrow(/head\.weights is detached/);
  });
});

test("a view of a large buffer is neither kept from the collector nor planned", () => {
  const planForward = jest.fn(() => () => {});
  const head = { features: FEATURES, classes: CLASSES, planForward };
  const small = new Float32Array(FEATURES);
  const large = new Float32Array(new ArrayBuffer(2 ** 22 + 4), 0, FEATURES);
  const out = new Float32Array(CLASSES);
  const look = (x: Float32Array, bias: Float32Array | null, logits: Float32Array) => {
    for (let i = 0; i < 100; i++) note(head, x, bias, logits);
  };
  look(small, null, out);
  expect(planForward).toHaveBeenCalledTimes(1);
  look(large, null, out);
  look(small, large.subarray(0, CLASSES), out);
  look(small, null, large.subarray(0, CLASSES));
  expect(last.x).toBe(small);
  expect(last.bias).toBeNull();
  expect(last.logits).toBe(out);
  expect(planForward).toHaveBeenCalledTimes(1);
});
