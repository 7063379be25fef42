import { expect, test } from "@jest/globals";
import { FixedClassifier } from "../../lib/index.js";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { createHead } from "../support/heads.js";
import { detach, guarded, resizable } from "../support/memory.js";
import { floats } from "../support/random.js";

onEachBackend((backend) => {
  test("a plan gives the bits of forward, of what is there when it is called", () => {
    for (const [features, classes, rows, bias] of [
      [64, 10, 1, true],
      [2048, 1000, 1, true],
      [768, 100, 3, false],
      [16, 200, 40, true],
    ] as const) {
      const head = createHead({ features, classes, bias }, backend);
      const x = floats(rows * features, 1);
      const forward = head.plan(x);
      const out = forward();
      expectSameBits(out, head.forward(x), `${features}→${classes}`);
      x.set(floats(x.length, 2));
      head.scale = -3.5;
      head.bias?.fill(0.25);
      expect(forward()).toBe(out);
      expectSameBits(out, head.forward(x), `${features}→${classes}, changed`);
    }
  });

  test("a dense layer has plans too", () => {
    const head = new FixedClassifier({ features: 20, classes: 7, code: "learned", backend });
    const x = floats(3 * 20, 1);
    const forward = head.plan(x);
    (head.weights as Float32Array)[5] = 2;
    expectSameBits(forward(), head.forward(x));
  });

  test("it writes to the array given, and nothing else", () => {
    const head = createHead({ features: 100, classes: 37 }, backend);
    const x = guarded(floats(2 * 100, 1), 3);
    const out = guarded(new Float32Array(2 * 37), 1);
    expectSameBits(head.plan(x.view, { out: out.view })(), head.forward(x.view));
    x.check();
    out.check();
  });

  test("it throws once an array is detached or resized, and the process lives", () => {
    const shape = { features: 64, classes: 10 };
    for (const what of ["x", "out"] as const) {
      const arrays = { x: floats(64, 1), out: new Float32Array(10) };
      const forward = createHead(shape, backend).plan(arrays.x, { out: arrays.out });
      forward();
      detach(arrays[what]);
      expect(forward).toThrow(new RegExp(`^${what} was detached or resized`));
    }
    const head = createHead(shape, backend);
    const forward = head.plan(floats(64, 1));
    detach(head.bias as Float32Array);
    expect(forward).toThrow(/head.bias is detached/);
    const dense = new FixedClassifier({ ...shape, code: "learned", backend });
    const run = dense.plan(floats(64, 1));
    detach(dense.weights as Float32Array);
    expect(run).toThrow(/head.weights is detached/);
    const buffer = resizable(64 * 4, 128 * 4);
    const tracking = createHead(shape, backend).plan(new Float32Array(buffer));
    buffer.resize(128 * 4);
    expect(tracking).toThrow(/^x was detached or resized/);
  });

  test("a property named length does not hide that an array is detached", () => {
    const x = floats(64, 1);
    const forward = createHead({ features: 64, classes: 10 }, backend).plan(x);
    Object.defineProperty(x, "length", { value: 64 });
    detach(x);
    expect(forward).toThrow(/^x was detached or resized/);
  });

  test("bad arguments are refused", () => {
    const head = createHead({ features: 64, classes: 10 }, backend);
    const x = floats(64, 1);
    expect(() => head.plan([1, 2] as unknown as Float32Array)).toThrow(TypeError);
    expect(() => head.plan(new Float64Array(64) as unknown as Float32Array)).toThrow(/Float64Array/);
    expect(() => head.plan(floats(65, 1))).toThrow(/no whole number of rows of 64 features/);
    expect(() => head.plan(x, { out: new Float32Array(9) })).toThrow(/out has 9 elements, 10 are needed/);
    expect(() => head.plan(x, { out: x })).toThrow(/out overlaps an input/);
    expect(() => head.plan(x, { out: new Int32Array(10) as unknown as Float32Array })).toThrow(TypeError);
  });
});
