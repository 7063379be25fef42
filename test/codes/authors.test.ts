import { expect, test } from "@jest/globals";
import { FixedClassifier } from "../../lib/index.js";
import { onEachBackend } from "../support/backends.js";
import { largestError } from "../support/bits.js";
import { floats } from "../support/random.js";
import { entry } from "../support/reference.js";

onEachBackend((backend) => {
  test("sylvester is the authors' module: −scale · H[:C, :N] · x / (‖x‖ + 1e-8) + bias", () => {
    for (const [features, classes] of [
      [16, 10],
      [10, 16],
      [512, 100],
      [640, 1000],
    ] as const) {
      for (const scale of [0.3, -2]) {
        const head = new FixedClassifier({ features, classes, code: "sylvester", scale, backend });
        const x = floats(features, features);
        const norm = Math.sqrt(x.reduce((sum, v) => sum + v * v, 0)) + 1e-8;
        const expected = Float64Array.from({ length: classes }, (_, c) => {
          const product = x.reduce((sum, v, i) => sum + entry(c, i) * (v / norm), 0);
          return -Math.fround(scale) * product + ((head.bias as Float32Array)[c] as number);
        });
        expect(largestError(head.forward(x), expected)).toBeLessThan(1e-5);
      }
    }
  });

  test("ε = 1e-8 counts for rows of that length", () => {
    for (const code of ["hadamard", "sylvester"] as const) {
      const head = new FixedClassifier({ features: 4, classes: 3, code, bias: false, scale: 1, backend });
      const x = Float32Array.of(1e-8, 0, 0, 0);
      const unit = code === "sylvester" ? -1 : 0.5;
      expect(Math.abs(head.forward(x)[0] as number)).toBeCloseTo(Math.abs(unit) / 2, 6);
    }
  });
});
