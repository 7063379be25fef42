import { expect, test } from "@jest/globals";
import { FixedClassifier, type FixedClassifierOptions } from "../../lib/index.js";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { createHead, rowsOf } from "../support/heads.js";
import { detach } from "../support/memory.js";
import { floats } from "../support/random.js";

onEachBackend((backend) => {
  test("classes that were there keep their logits, bit for bit", () => {
    for (const [options, classes] of [
      [{ features: 64, classes: 10 }, 11],
      [{ features: 64, classes: 63 }, 200],
      [{ features: 64, classes: 100, scale: -3, learnScale: false }, 5000],
      [{ features: 96, classes: 50, bias: false }, 1000],
      [{ features: 100, classes: 150, seed: 7 }, 700],
      [{ features: 12, classes: 40, seed: 7 }, 200],
      [{ features: 50, classes: 20, code: "sylvester", seed: 5 }, 64],
      [{ features: 20, classes: 20, code: "sylvester", allowDuplicates: true }, 100],
      [{ features: 23, classes: 5, code: "simplex" }, 24],
      [{ features: 24, classes: 5, code: "orthoplex" }, 48],
      [{ features: 6, classes: 5, code: "cube" }, 64],
      [{ features: 12, classes: 5, code: "orthogonal", seed: 2 }, 30],
      [{ features: 12, classes: 5, code: "learned", seed: 2, scale: 1 }, 30],
      [{ features: 64, classes: 10 }, 10],
      [{ features: 20, classes: 10, code: "product", seed: 9 }, 40],
      [
        {
          features: 20,
          classes: 10,
          code: { name: "product", stages: 2, rotation: 4, weights: floats(60, 2) },
        },
        40,
      ],
      [{ features: 20, classes: 10, code: { name: "product", normalised: false, magnitudes: [2, 3] } }, 40],
      [{ features: 6, classes: 3, code: { name: "product", assignment: [0, 5, 7, 1] } }, 30],
      [{ features: 20, classes: 10, code: { name: "product", width: 16, assignment: [31, 0] } }, 15],
    ] as [FixedClassifierOptions, number][]) {
      const head = createHead(options, backend);
      head.weights?.set(floats(head.weights.length, 3));
      if (head.weights === null) head.scale *= 1.5;
      const more = head.withClasses(classes);
      expect(more.settings).toEqual({ ...head.settings, classes });
      expect([more.backend, more.scale]).toEqual([backend, head.scale]);
      const x = floats(5 * head.features, 1);
      const before = rowsOf(head.forward(x), head.classes);
      rowsOf(more.forward(x), classes).forEach((row, r) => {
        expectSameBits(row.subarray(0, head.classes), before[r] as Float32Array, JSON.stringify(options));
      });
    }
  });
});

test("new classes start as in a new head, and the old head stays as it is", () => {
  const options = { features: 8, classes: 3, code: "learned", seed: 4 } as const;
  const head = new FixedClassifier(options);
  head.bias?.fill(5);
  head.weights?.fill(6);
  const more = head.withClasses(6);
  expect([...(more.bias as Float32Array)]).toEqual([5, 5, 5, 0, 0, 0]);
  const fresh = new FixedClassifier({ ...options, classes: 6 }).weights as Float32Array;
  expect((more.weights as Float32Array).subarray(0, 24).every((v) => v === 6)).toBe(true);
  expectSameBits((more.weights as Float32Array).subarray(24), fresh.subarray(24));
  more.bias?.fill(1);
  more.weights?.fill(1);
  expect([head.classes, head.bias?.[0], head.weights?.[0]]).toEqual([3, 5, 6]);

  const sylvester = new FixedClassifier({ features: 8, classes: 3, code: "sylvester", seed: 4 });
  const drawn = new FixedClassifier({ features: 8, classes: 6, code: "sylvester", seed: 4 }).bias;
  sylvester.bias?.fill(5);
  expectSameBits(sylvester.withClasses(6).bias as Float32Array, (drawn as Float32Array).fill(5, 0, 3));
});

test("fewer classes, none, and more than there are vectors for are refused", () => {
  const head = new FixedClassifier({ features: 11, classes: 4, code: "simplex" });
  for (const classes of [3, 0, -1, 4.5, Number.NaN, 2 ** 25]) {
    expect(() => head.withClasses(classes)).toThrow(RangeError);
  }
  expect(() => head.withClasses(3)).toThrow(/classes must be an integer from 4 to 16777216, got 3/);
  expect(() => head.withClasses("5" as never)).toThrow(TypeError);
  expect(() => head.withClasses(13)).toThrow(/code "simplex" has 12 corners at 11 features, got 13 classes/);
  const spoiled = new FixedClassifier({ features: 8, classes: 4 });
  detach(spoiled.bias as Float32Array<ArrayBuffer>);
  expect(() => spoiled.withClasses(5)).toThrow(/head\.bias is detached/);
});
