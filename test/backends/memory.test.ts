/** Where arrays may lie: the public operations on views at any offset, shared and resizable memory. */

import { expect, test } from "@jest/globals";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { createHead } from "../support/heads.js";
import { guarded, resizable } from "../support/memory.js";
import { floats } from "../support/random.js";

const SHAPES = [
  [1, 1, 2],
  [1, 2, 3],
  [3, 1, 3],
  [7, 13, 3],
  [64, 10, 33],
  [100, 200, 5],
  [384, 50, 3],
  [512, 1000, 2],
  [1000, 64, 2],
] as const;

onEachBackend((backend) => {
  for (const [kind, Buffer] of [
    ["ordinary", ArrayBuffer],
    ["shared", SharedArrayBuffer],
  ] as const) {
    test.each([0, 1, 2, 3, 7])(
      `${kind} memory, %d elements off: same bits, and nothing outside is written`,
      (offset) => {
        for (const [features, classes, rows] of SHAPES) {
          const head = createHead({ features, classes }, backend);
          const source = floats(rows * features, 1);
          const x = guarded(source, offset, Buffer);
          const out = guarded(new Float32Array(rows * classes), offset, Buffer);
          const gradLogits = guarded(floats(rows * classes, 2), offset, Buffer);
          const gradFeatures = guarded(new Float32Array(rows * features), offset, Buffer);
          const gradBias = guarded(new Float32Array(classes), offset, Buffer);
          const arrays = [x, out, gradLogits, gradFeatures, gradBias];
          const unharmed = (): void => {
            for (const { check } of arrays) check();
            expectSameBits(x.view, source, "x");
          };
          const labels = Array.from({ length: rows }, (_, r) => r % classes);
          const gradient = { features: gradFeatures.view, bias: gradBias.view };

          expectSameBits(head.forward(x.view, { out: out.view }), head.forward(source));
          unharmed();
          expectSameBits(head.probabilities(x.view, { out: out.view }), head.probabilities(source));
          unharmed();
          expect(head.topK(x.view, 1)).toEqual(head.topK(source, 1));
          unharmed();
          const backward = head.backward(x.view, gradLogits.view, { out: gradient });
          expect(backward.scale).toBe(head.backward(source, gradLogits.view.slice()).scale);
          expectSameBits(backward.features, head.backward(source, gradLogits.view).features);
          unharmed();
          const { loss } = head.lossAndGradient(x.view, labels, { out: gradient });
          const expected = head.lossAndGradient(source, labels);
          expect(loss).toBe(expected.loss);
          expectSameBits(gradFeatures.view, expected.gradient.features);
          expectSameBits(gradBias.view, expected.gradient.bias as Float32Array);
          unharmed();
        }
      },
    );
  }

  test("shared memory in forwardAsync", async () => {
    const head = createHead({ features: 64, classes: 50 }, backend);
    const source = floats(5 * 64, 1);
    const x = guarded(source, 3, SharedArrayBuffer);
    const out = guarded(new Float32Array(5 * 50), 5, SharedArrayBuffer);
    expectSameBits(await head.forwardAsync(x.view, { out: out.view }), head.forward(source));
    x.check();
    out.check();
  });

  test("resizable memory, before and after it grew", () => {
    const head = createHead({ features: 64, classes: 50 }, backend);
    const buffer = resizable(64 * 4, 64 * 4 * 100);
    const x = new Float32Array(buffer);
    const source = floats(64 * 100, 1);
    for (const rows of [1, 3, 100, 2]) {
      buffer.resize(rows * 64 * 4);
      x.set(source.subarray(0, x.length));
      expectSameBits(head.forward(x), head.forward(source.slice(0, rows * 64)), `${rows} rows`);
    }
    const target = new Float32Array(resizable(50 * 4, 50 * 8));
    expectSameBits(head.forward(x.subarray(0, 64), { out: target }), head.forward(source.slice(0, 64)));
  });

  test("many heads and many calls at once keep apart", () => {
    const heads = Array.from({ length: 50 }, (_, i) =>
      createHead({ features: 1 + 13 * i, classes: 1 + i }, backend),
    );
    const inputs = heads.map(({ features }, i) => floats(2 * features, i));
    const first = heads.map((head, i) => head.forward(inputs[i] as Float32Array));
    for (let round = 0; round < 2; round++) {
      heads.forEach((head, i) => {
        expectSameBits(head.forward(inputs[i] as Float32Array), first[i] as Float32Array, `head ${i}`);
      });
    }
  });
});
