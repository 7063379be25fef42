/** Usual calls go by fewer checks than others: after some, whatever is wrong with the next one is said as ever, and nothing is written. */

import { describe, expect, test } from "@jest/globals";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { createHead } from "../support/heads.js";
import { detach, guarded, resizable } from "../support/memory.js";
import { floats } from "../support/random.js";

const [FEATURES, CLASSES, ROWS] = [12, 5, 3];
const MARK = 77;

type Loose = (x: unknown, options?: unknown) => Float32Array;

onEachBackend((backend) => {
  const setUp = () => {
    const head = createHead({ features: FEATURES, classes: CLASSES }, backend);
    const x = floats(ROWS * FEATURES, 1);
    const out = new Float32Array(ROWS * CLASSES);
    const forward = head.forward.bind(head) as unknown as Loose;
    // Otherwise than by the way that is tried first.
    const logits = head.forward(x, { out: new Float32Array(ROWS * CLASSES + 1) });
    for (let i = 0; i < 3; i++) forward(x, { out });
    expectSameBits(out, logits);
    expectSameBits(head.forward(x), logits);
    out.fill(MARK);
    return { head, x, out, forward, logits };
  };

  describe("after usual calls", () => {
    test.each<[string, (out: Float32Array) => unknown, RegExp]>([
      ["an array with out", (out) => Object.assign([], { out }), /options of forward must be an object/],
      [
        "a view with out",
        (out) => Object.assign(new DataView(new ArrayBuffer(8)), { out }),
        /must be an obj/,
      ],
      ["a function with out", (out) => Object.assign(() => {}, { out }), /must be an object/],
      ["one that is unknown", (out) => ({ out, outt: 1 }), /has no option "outt"/],
      [
        "one that is inherited",
        (out) => Object.assign(Object.create({ more: 1 }), { out }),
        /no option "more"/,
      ],
      ["a type", (out) => ({ out, type: "float16" }), /type says what the bits of a Uint16Array are/],
      ["a number", () => 5, /must be an object, got 5/],
    ])("options are refused: %s", (_, options, message) => {
      const { forward, x, out } = setUp();
      expect(() => forward(x, options(out))).toThrow(message);
      expect(out.every((value) => value === MARK)).toBe(true);
    });

    test("an option that is added to the same object is seen", () => {
      const { forward, x, out } = setUp();
      const options: Record<string, unknown> = { out };
      forward(x, options);
      out.fill(MARK);
      options.featureScale = 2;
      expect(() => forward(x, options)).toThrow(/featureScale is for an Int8Array/);
      options.featureScale = undefined;
      options.other = 1;
      expect(() => forward(x, options)).toThrow(/no option "other"/);
      expect(out.every((value) => value === MARK)).toBe(true);
    });

    test("options of other kinds are taken", () => {
      const { forward, x, out, logits } = setUp();
      class Options {
        out = out;
      }
      const bare = Object.assign(Object.create(null), { out });
      const computed = {
        get out() {
          return out;
        },
      };
      for (const options of [new Options(), bare, computed, { out, type: undefined }, { out, type: null }]) {
        out.fill(MARK);
        expect(forward(x, options)).toBe(out);
        expectSameBits(out, logits);
      }
      for (const options of [null, {}, { out: undefined }, { out: null }]) {
        expectSameBits(forward(x, options), logits);
      }
    });

    test("what the same arrays have become is seen", () => {
      const { head, forward, x, out } = setUp();
      detach(out);
      expect(() => forward(x, { out })).toThrow(/out is detached/);
      const other = new Float32Array(ROWS * CLASSES).fill(MARK);
      detach(x);
      expect(() => forward(x, { out: other })).toThrow(/x is detached/);
      expect(() => forward(x)).toThrow(/x is detached/);
      expect(() => head.topK(x, 2)).toThrow(/x is detached/);
      detach(head.bias as Float32Array);
      const rows = floats(ROWS * FEATURES, 2);
      expect(() => forward(rows, { out: other })).toThrow(/head\.bias is detached/);
      expect(() => forward(rows)).toThrow(/head\.bias is detached/);
      expect(() => head.topK(rows, 2)).toThrow(/head\.bias is detached/);
      expect(other.every((value) => value === MARK)).toBe(true);
    });

    test("memory that shrinks and grows between calls", () => {
      const { forward, x: values } = setUp();
      const [inputs, outputs] = [resizable(4 * values.length, 800), resizable(4 * ROWS * CLASSES, 800)];
      const [x, out] = [new Float32Array(inputs), new Float32Array(outputs)];
      x.set(values);
      for (let i = 0; i < 3; i++) forward(x, { out });
      outputs.resize(4 * (ROWS * CLASSES - 1));
      out.fill(MARK);
      expect(() => forward(x, { out })).toThrow(/out has 14 elements, 15 are needed/);
      expect(out.every((value) => value === MARK)).toBe(true);
      inputs.resize(4 * FEATURES);
      expect(forward(x, { out })).toHaveLength(CLASSES);
      inputs.resize(4 * (FEATURES + 1));
      expect(() => forward(x, { out })).toThrow(/x has 13 elements, no whole number of rows/);
      inputs.resize(0);
      expect(forward(x)).toHaveLength(0);
    });

    test("arrays that lie about their length lead nowhere outside their memory", () => {
      const { forward, head } = setUp();
      class Long extends Float32Array {
        override get length(): number {
          return 100 * FEATURES;
        }
      }
      const attempt = (run: () => unknown) => {
        try {
          run();
        } catch (error) {
          expect((error as Error).name).toMatch(/^(Type|Range)Error$/);
        }
      };
      const { view: out, check } = guarded(new Float32Array(ROWS * CLASSES));
      const lying = Object.defineProperty(floats(ROWS * FEATURES, 1), "length", { value: 100 * FEATURES });
      for (const x of [new Long(ROWS * FEATURES), lying, new Long(5)]) {
        attempt(() => forward(x, { out }));
        attempt(() => forward(x, { out: Object.defineProperty(out.subarray(2), "length", { value: 15 }) }));
        attempt(() => forward(x));
        attempt(() => head.topK(x, 1));
        check();
      }
    });

    test("outputs that overlap an input", () => {
      const { head, forward, x } = setUp();
      const bias = head.bias as Float32Array;
      const memory = new Float32Array(200).fill(MARK);
      const rows = memory.subarray(0, FEATURES);
      for (const at of [0, 1, FEATURES - 1]) {
        const before = memory.slice();
        expect(() => forward(rows, { out: memory.subarray(at, at + CLASSES) })).toThrow(
          /out overlaps an input/,
        );
        expectSameBits(memory, before);
      }
      expect(forward(rows, { out: memory.subarray(FEATURES, FEATURES + CLASSES) })).toHaveLength(CLASSES);
      expect(() => forward(x.subarray(0, FEATURES), { out: bias })).toThrow(/out overlaps an input/);
    });

    test("arrays of another type", () => {
      const { forward, x, out } = setUp();
      expect(() => forward(new Float64Array(x.length), { out })).toThrow(/x must be a Float32Array/);
      expect(() => forward(new Int32Array(x.length), { out })).toThrow(/x must be a Float32Array/);
      expect(() => forward(new Uint16Array(x.length), { out })).toThrow(/say what its bits are/);
      expect(() => forward(x, { out: new Float64Array(out.length) })).toThrow(/out must be a Float32Array/);
      expect(() => forward(x, { out: new Int32Array(out.length) })).toThrow(/out must be a Float32Array/);
      expect(() => forward(x, { out: Array(out.length) })).toThrow(/out must be a Float32Array/);
      expect(out.every((value) => value === MARK)).toBe(true);
    });

    test("shared memory, and more of out than is needed", () => {
      const { forward, x: values, logits } = setUp();
      const x = new Float32Array(new SharedArrayBuffer(4 * values.length));
      x.set(values);
      const out = new Float32Array(new SharedArrayBuffer(4 * ROWS * CLASSES + 8));
      expectSameBits(forward(x, { out }), logits);
      expectSameBits(forward(x, { out: out.subarray(1, ROWS * CLASSES + 1) }), logits);
    });

    test("the scale and bias of the moment", () => {
      const { head, forward, x, out, logits } = setUp();
      head.scale *= 2;
      head.bias?.fill(1);
      const twice = forward(x, { out }).slice();
      expect(twice).not.toEqual(logits);
      expectSameBits(twice, head.forward(x, { out: new Float32Array(ROWS * CLASSES + 1) }));
    });

    test("the best classes of few and of many rows are arrays of their own", () => {
      const { head, x } = setUp();
      const first = head.topK(x, 2);
      const again = head.topK(floats(ROWS * FEATURES, 9), 2);
      expect(again.scores).not.toEqual(first.scores);
      const options = null;
      const rows = floats(40 * FEATURES, 3);
      for (const [many, k] of [
        [x, 2],
        [rows, 2],
      ] as const) {
        const [found, checked] = [head.topK(many, k), head.topK(many, k, options)];
        expect(found.classes).toEqual(checked.classes);
        expectSameBits(found.scores, checked.scores);
        expect(found.classes.buffer).not.toBe(head.topK(many, k).classes.buffer);
      }
      expectSameBits(first.scores, head.topK(x, 2, options).scores);
    });
  });
});
