import { test } from "@jest/globals";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { createHead, rowsOf } from "../support/heads.js";
import { guarded } from "../support/memory.js";
import { floats } from "../support/random.js";

/** Features and classes of rows that are read once, for their norm and the first stages of their transform. */
const SHAPES = [
  [512, 300],
  [512, 500],
  [1024, 500],
  [1024, 1000],
  [2048, 1000],
  [2048, 2000],
] as const;

onEachBackend((backend) => {
  // Kernels read a row while they make the one before, but not where it must be rescaled.
  test("rows to be rescaled, of zeros and others may follow each other", () => {
    const scales = [1, 1, 1e30, 1, 1e-30, 1e30, 0, 1, 1, Number.NaN, 1, Number.POSITIVE_INFINITY, 1e30];
    for (const [features, classes] of SHAPES) {
      const head = createHead({ features, classes }, backend);
      const x = floats(scales.length * features, features);
      rowsOf(x, features).forEach((row, r) => {
        row.forEach((value, i) => {
          row[i] = value * (scales[r] as number);
        });
      });
      const logits = rowsOf(head.forward(x), classes);
      const probabilities = rowsOf(head.probabilities(x), classes);
      const best = rowsOf(head.topK(x, 3).scores, 3);
      rowsOf(x, features).forEach((row, r) => {
        const what = `row ${r} of ${features}→${classes}`;
        expectSameBits(logits[r] as Float32Array, head.forward(row), what);
        expectSameBits(probabilities[r] as Float32Array, head.probabilities(row), what);
        expectSameBits(best[r] as Float32Array, head.topK(row, 3).scores, what);
      });
    }
  });

  // A row that does not begin a cache line is read line by line.
  test("features have the same logits wherever they lie", () => {
    for (const [features, classes] of SHAPES) {
      const head = createHead({ features, classes }, backend);
      const x = floats(3 * features, features);
      const expected = head.forward(x);
      for (let offset = 0; offset < 16; offset++) {
        const { view } = guarded(x, offset);
        expectSameBits(head.forward(view), expected, `${features}→${classes}, offset ${offset}`);
      }
    }
  });

  // Rows of more than 8 MB in a chunk of 32 are stored past the caches.
  test("logits of many classes are the same in a batch, wherever it lies", () => {
    for (const [classes, bias, offsets] of [
      [70_003, true, [0, 1, 5]],
      [65_536, false, [0, 16]],
    ] as const) {
      const features = 128;
      const head = createHead({ features, classes, bias, allowDuplicates: true }, backend);
      const x = floats(33 * features, classes);
      const rows = rowsOf(x, features);
      const alone = [0, 1, 17, 31, 32].map((r) => [r, head.forward(rows[r] as Float32Array)] as const);
      for (const offset of offsets) {
        const out = guarded(new Float32Array(33 * classes).fill(Number.NaN), offset);
        head.forward(x, { out: out.view });
        out.check();
        const logits = rowsOf(out.view, classes);
        for (const [r, expected] of alone) {
          expectSameBits(logits[r] as Float32Array, expected, `row ${r}, offset ${offset}`);
        }
      }
    }
  });
});
