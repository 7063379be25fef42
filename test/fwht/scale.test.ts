import { expect, test } from "@jest/globals";
import { fwht } from "../../lib/index.js";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { doubles, floats, integers } from "../support/random.js";

const LENGTHS = [1, 2, 8, 32, 128, 1024, 8192];

onEachBackend((backend) => {
  test("a number multiplies the rounded result once", () => {
    for (const n of LENGTHS) {
      for (const scale of [0.1, -3, 0, 2 ** -140, 1e30]) {
        const factor = Math.fround(scale);
        const single = fwht(floats(2 * n, n), { rowLength: n, backend });
        const scaled = fwht(floats(2 * n, n), { rowLength: n, scale, backend });
        expectSameBits(
          scaled,
          single.map((v) => v * factor),
          `float32 ${n} × ${scale}`,
        );
        const double = fwht(doubles(2 * n, n), { rowLength: n, backend });
        const scaledDouble = fwht(doubles(2 * n, n), { rowLength: n, scale, backend });
        expectSameBits(
          scaledDouble,
          double.map((v) => v * scale),
          `float64 ${n} × ${scale}`,
        );
      }
    }
  });

  test('"orthonormal" is 1/√n of a row, not of the array', () => {
    for (const n of LENGTHS) {
      const x = doubles(3 * n, n);
      const options = { rowLength: n, backend };
      expectSameBits(
        fwht(x.slice(), { ...options, scale: "orthonormal" }),
        fwht(x.slice(), { ...options, scale: 1 / Math.sqrt(n) }),
      );
    }
  });

  test('"orthonormal" twice gives back the input, to rounding', () => {
    const x = floats(4096, 1);
    const y = x.slice();
    for (let i = 0; i < 2; i++) fwht(y, { scale: "orthonormal", backend });
    for (let i = 0; i < x.length; i++)
      expect(Math.abs((y[i] as number) - (x[i] as number))).toBeLessThan(1e-5);
  });

  test('"inverse" undoes a transform, exactly for integers', () => {
    for (const n of LENGTHS) {
      for (const Type of [Float32Array, Float64Array, Int32Array]) {
        const x = new Type(integers(3 * n, n, 256));
        const y = fwht(x.slice(), { rowLength: n, backend });
        expectSameBits(fwht(y, { rowLength: n, scale: "inverse", backend }), x, `${Type.name} ${n}`);
      }
    }
  });

  test('"inverse" of an Int32Array rounds down: an arithmetic shift after wrapping', () => {
    for (const n of LENGTHS) {
      const x = integers(2 * n, n);
      const shifted = fwht(x.slice(), { rowLength: n, backend }).map((v) => v >> Math.log2(n));
      expectSameBits(fwht(x, { rowLength: n, scale: "inverse", backend }), shifted, `int32 ${n}`);
    }
  });
});
