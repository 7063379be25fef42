import { expect, test } from "@jest/globals";
import { reference as js, onEachBackend } from "../support/backends.js";
import { expectSameBits, largest, largestError } from "../support/bits.js";
import { createHead, referenceOf, rowsOf } from "../support/heads.js";
import { floats, KINDS, type Kind } from "../support/random.js";
import { logits } from "../support/reference.js";

const SHAPES: readonly [features: number, classes: number][] = [
  [1, 1],
  [1, 2],
  [2, 1],
  [2, 4],
  [3, 5],
  [5, 16],
  [7, 7],
  [8, 9],
  [10, 3],
  [31, 64],
  [33, 100],
  [64, 10],
  [64, 64],
  [64, 128],
  [100, 255],
  [128, 1],
  [200, 300],
  [384, 50],
  [512, 100],
  [512, 1024],
  [768, 1500],
  [1000, 17],
  [1280, 1000],
  [1664, 1000],
  [2048, 1000],
  [4095, 300],
  [4096, 2100],
];

const finiteKinds = KINDS.filter((kind) => !kind.includes("special") && kind !== "zeros");

const cases = SHAPES.flatMap(([features, classes], i) =>
  (["hadamard", "sylvester"] as const).map((code) => {
    const options = { features, classes, code, bias: i % 2 === 0, allowDuplicates: true };
    const kinds: readonly Kind[] = features * classes < 2 ** 19 ? finiteKinds : ["normal", "positive"];
    const x = new Float32Array(kinds.length * features);
    kinds.forEach((kind, r) => {
      x.set(floats(features, features + r, kind), r * features);
      // A row of a few classes can be sparse to the point of zero, where the logits are the bias.
      x[r * features] ||= x[r * features + features - 1] || 1;
    });
    const definition = referenceOf(createHead(options, js));
    const z = rowsOf(x, features).map((row) => logits(definition, row));
    // Of a few classes all may be nearly orthogonal to the row: then s·unit is what a logit is measured by.
    const size = Math.abs(definition.scale * definition.unit);
    return { options, kinds, x, z, size };
  }),
);

onEachBackend((backend) => {
  test("logits are within 4e-6 of the largest of their row", () => {
    for (const { options, kinds, x, z, size } of cases) {
      const head = createHead(options, backend);
      rowsOf(head.forward(x), options.classes).forEach((got, r) => {
        const expected = z[r] as Float64Array;
        const error = largestError(got, expected) / Math.max(largest(expected), size);
        if (!(error <= 4e-6)) throw new Error(`${JSON.stringify(options)}, ${kinds[r]}: error ${error}`);
      });
    }
  });

  test("rows do not depend on the batch they are in", () => {
    for (const { options, x } of cases) {
      const head = createHead(options, backend);
      const batch = head.forward(x);
      rowsOf(batch, options.classes).forEach((got, r) => {
        expectSameBits(got, head.forward(rowsOf(x, options.features)[r] as Float32Array));
      });
    }
  });

  test("a row of zeros has the bias as logits", () => {
    for (const { options } of cases) {
      const head = createHead(options, backend);
      const got = head.forward(new Float32Array(options.features));
      const expected = head.bias ?? new Float32Array(options.classes);
      expect(largestError(got, expected)).toBe(0);
    }
  });

  test("the length of a row does not matter, from the smallest numbers to the largest", () => {
    const features = 96;
    const head = createHead({ features, classes: 50 }, backend);
    // Powers of two and numbers that lose no bits to the denormals: only ε tells the rows apart.
    const x = floats(features, 5, "integers");
    const expected = head.forward(x);
    for (const factor of [2 ** -10, 2 ** 30, 2 ** 60, 2 ** 110, 2 ** 124]) {
      expect(largestError(head.forward(x.map((v) => v * factor)), expected)).toBeLessThan(1e-4);
    }
    for (const factor of [2 ** 20, 2 ** 70, 2 ** 120]) {
      expectSameBits(
        head.forward(x.map((v) => v * factor)),
        head.forward(x.map((v) => v * factor * 2)),
        `rows ${factor} times as long`,
      );
    }
  });
});
