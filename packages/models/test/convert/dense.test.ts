import fc from "fast-check";
import { expect, test } from "vitest";
import { denseProduct } from "../../src/convert/dense.js";

test("of any number of rows and classes, with a bias and without", () => {
  const size = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(
      size,
      size,
      size,
      fc.boolean(),
      fc.infiniteStream(fc.float({ min: -4, max: 4, noNaN: true })),
      (...given) => {
        const [rows, features, classes, hasBias, numbers] = given;
        const take = (count: number) => Float32Array.from({ length: count }, () => numbers.next().value);
        const [x, weights] = [take(rows * features), take(classes * features)];
        const bias = hasBias ? take(classes) : null;
        const expected = Float32Array.from({ length: rows * classes }, (_, i) => {
          const [r, c] = [Math.floor(i / classes), i % classes];
          let sum = 0;
          for (let j = 0; j < features; j++) sum += x[r * features + j] * weights[c * features + j];
          return bias === null ? sum : Math.fround(sum) + bias[c];
        });
        expect(denseProduct({ features, classes, weights, bias }, x)).toEqual(expected);
      },
    ),
  );
});
