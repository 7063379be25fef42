import { expect, test } from "@jest/globals";
import { fwht } from "../../lib/index.js";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { detach } from "../support/memory.js";
import { integers } from "../support/random.js";
import { denseFwht } from "../support/reference.js";

const TYPES = [Float32Array, Float64Array, Int32Array];

/** Transforms of columns by the definition, in float64: axis after axis, element after element. */
function defined(x: ArrayLike<number>, shape: readonly number[], axes: readonly number[]): Float64Array {
  const y = Float64Array.from(x);
  for (const axis of axes) {
    const length = shape[axis] as number;
    const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    for (let first = 0; first < y.length; first++) {
      if (Math.floor(first / inner) % length !== 0) continue;
      const column = Float64Array.from({ length }, (_, i) => y[first + i * inner] as number);
      denseFwht(column).forEach((value, i) => {
        y[first + i * inner] = value;
      });
    }
  }
  return y;
}

const SHAPES: [shape: number[], axes: number[]][] = [
  [[4, 2], [0]],
  [[2, 4], [1]],
  [
    [8, 8],
    [0, 1],
  ],
  [[32, 5], [0]],
  [[3, 16, 5], [1]],
  [
    [2, 3, 4],
    [0, 2],
  ],
  [[1, 16, 1, 33], [1]],
  [[64, 17], [0]],
  [
    [2, 2, 2, 2, 2, 2],
    [0, 1, 2, 3, 4, 5],
  ],
  [
    [2, 2, 2, 2, 2, 2],
    [1, 4, 5],
  ],
  [
    [128, 64],
    [0, 1],
  ],
  [
    [4, 8, 16],
    [0, 1, 2],
  ],
  [[256, 3], [0]],
  [
    [16, 1],
    [0, 1],
  ],
];

onEachBackend((backend) => {
  test.each(SHAPES)("shape %j, axes %j: the definition", (shape, axes) => {
    const x = integers(
      shape.reduce((a, b) => a * b),
      shape.length,
      2 ** 8,
    );
    const expected = defined(x, shape, axes);
    for (const Type of TYPES) {
      expectSameBits(fwht(new Type(x), { shape, axes, backend }), new Type(expected), Type.name);
      const y = new Type(x);
      fwht.plan(y, { shape, axes, backend })();
      expectSameBits(y, new Type(expected), `plan of ${Type.name}`);
    }
  });

  test("axes may be counted from the last one and come in any order; all are the default", () => {
    const shape = [4, 3, 8];
    const x = integers(96, 1, 64);
    const expected = fwht(new Float32Array(x), { shape, axes: [0, 2], backend });
    for (const axes of [
      [2, 0],
      [-1, -3],
      [0, -1],
    ]) {
      expectSameBits(fwht(new Float32Array(x), { shape, axes, backend }), expected, `${axes}`);
    }
    const whole = fwht(new Float32Array(x), { shape: [4, 12, 2], backend });
    expectSameBits(fwht(new Float32Array(x), { shape: [4, 12, 2], axes: [0, 1, 2], backend }), whole);
  });

  test("all axes of powers of two are one row, and the last axis is rowLength, bit by bit", () => {
    const x = new Float32Array(integers(2 ** 13, 1)).map((v) => v / 3);
    const options = { scale: 0.7, backend };
    for (const shape of [[2 ** 13], [64, 128], [8, 32, 32], [4096, 2]]) {
      expectSameBits(fwht(x.slice(), { shape, ...options }), fwht(x.slice(), options), `${shape}`);
    }
    expectSameBits(
      fwht(x.slice(), { shape: [32, 256], axes: [1], ...options }),
      fwht(x.slice(), { rowLength: 256, ...options }),
    );
  });

  test("an axis after an axis gives the bits of both", () => {
    const shape = [12, 20, 24];
    const x = new Float64Array(integers(12 * 20 * 24, 1)).map((v) => v / 3);
    const both = fwht(x.slice(), { shape, axes: [0, 2], backend });
    const first = fwht(x.slice(), { shape, axes: [0], backend });
    expectSameBits(fwht(first, { shape, axes: [2], backend }), both);
  });

  test("scales take the product of the sizes of the axes that are transformed", () => {
    const shape = [12, 5, 64];
    const n = 12 * 64;
    const x = integers(12 * 5 * 64, 1, 2 ** 20);
    const of = (Type: (typeof TYPES)[number], scale: number | "inverse" | "orthonormal") =>
      fwht(new Type(x), { shape, axes: [0, 2], scale, backend });
    expectSameBits(of(Float32Array, "orthonormal"), of(Float32Array, 1 / Math.sqrt(n)));
    expectSameBits(of(Float64Array, "inverse"), of(Float64Array, 1 / n));
    const unscaled = of(Int32Array, 1);
    expectSameBits(
      of(Int32Array, "inverse"),
      unscaled.map((v) => Math.floor(v / n)),
      "divided once, rounded down",
    );
    const power = { shape: [32, 5, 64], axes: [0, -1], backend };
    const y = integers(32 * 5 * 64, 2);
    expectSameBits(
      fwht(
        fwht(
          y.map((v) => v >> 11),
          power,
        ),
        { ...power, scale: "inverse" },
      ),
      y.map((v) => v >> 11),
    );
  });

  test("inverse and transpose take the transpose of every axis whose matrix is not symmetric", () => {
    const options = { shape: [92, 3, 116], axes: [0, 2], backend };
    const x = new Int32Array(integers(92 * 3 * 116, 1, 2 ** 10));
    const y = fwht(x.slice(), options);
    expectSameBits(fwht(y.slice(), { ...options, scale: "inverse" }), x, "inverse");
    const transposed = fwht(y, { ...options, transpose: true });
    expectSameBits(
      transposed.map((v) => v / (92 * 116)),
      x,
      "transpose",
    );
  });

  test("orderings apply to every axis that is transformed", () => {
    const shape = [8, 3, 16];
    const x = new Int32Array(integers(8 * 3 * 16, 1, 64));
    for (const ordering of ["sequency", "dyadic"] as const) {
      const first = fwht(x.slice(), { shape, axes: [0], ordering, backend });
      const both = fwht(first, { shape, axes: [2], ordering, backend });
      const options = { shape, axes: [0, 2], ordering, backend };
      expectSameBits(fwht(x.slice(), options), both, ordering);
      const y = x.slice();
      fwht.plan(y, options)();
      expectSameBits(y, both, `plan, ${ordering}`);
      // The rows of one column are those of a row.
      const column = Int32Array.from({ length: 8 }, (_, i) => x[i * 48] as number);
      const row = fwht(column, { ordering, backend });
      const columns = fwht(x.slice(), { shape, axes: [0], ordering, backend });
      expect(Array.from(row, (_, i) => columns[i * 48])).toEqual([...row]);
    }
  });

  test("axes of size 1 only: nothing but the scale", () => {
    const x = Float32Array.of(1, -2, 3);
    expect([...fwht(x, { shape: [1, 3, 1], axes: [0, 2], scale: 2, backend })]).toEqual([2, -4, 6]);
  });

  test("no elements are no columns", () => {
    for (const [x, type] of [
      [new Float32Array(0), {}],
      [new Int32Array(0), {}],
      [new Uint16Array(0), { type: "float16" }],
    ] as const) {
      for (const [shape, axes] of [
        [[0, 16, 640], [1]],
        [[16, 0], [0]],
        [
          [4, 0, 12],
          [0, 2],
        ],
      ]) {
        const options = { shape: shape as number[], axes: axes as number[], ...type, backend };
        expect(fwht(x, options)).toBe(x);
        fwht.plan(x, options)();
        const empty = { ...options, axes: [options.shape.indexOf(0)] };
        expect(() => fwht(x, empty)).toThrow(/is 0: an axis that is transformed has a size from 1 to/);
      }
    }
  });

  test("a plan throws once its array is detached", () => {
    const x = new Float32Array(64).fill(1);
    const transform = fwht.plan(x, { shape: [8, 8], axes: [0], backend });
    transform();
    detach(x);
    expect(transform).toThrow(/x was detached or resized after fwht.plan: its length was 64, is 0/);
  });
});

const call = fwht as unknown as (x: unknown, options?: unknown) => unknown;

test.each([
  [{ shape: 12 }, TypeError, /shape must be an array of sizes, such as \[480, 640\], got 12/],
  [{ shape: new Int32Array(2) }, TypeError, /shape must be an array of sizes.*got an Int32Array of length 2/],
  [{ shape: [] }, RangeError, /shape is empty: it must have the size of at least one axis/],
  [{ shape: [3, "4"] }, TypeError, /shape\[1\] must be a number, got "4"/],
  [{ shape: [-1, 4] }, RangeError, /shape\[0\] must be an integer from 0 to .*, got -1/],
  [{ shape: [1.5, 8] }, RangeError, /shape\[0\] must be an integer/],
  [{ shape: [3, 5] }, RangeError, /shape \[3, 5\] has 15 elements, x has 12/],
  [
    { shape: [3, 4] },
    RangeError,
    /shape\[0\] must be the order of a known Hadamard matrix, got 3; the nearest are 2 and 4: pad that axis with zeros, or leave it out of axes/,
  ],
  [
    { shape: [3, 4], axes: 1 },
    TypeError,
    /axes must be an array of numbers of axes, such as \[0, -1\], got 1/,
  ],
  [{ shape: [3, 4], axes: [] }, RangeError, /axes is empty: name at least one, or leave it out for all/],
  [{ shape: [3, 4], axes: [2] }, RangeError, /axes\[0\] must be an integer from -2 to 1, got 2/],
  [{ shape: [3, 4], axes: [1, -3] }, RangeError, /axes\[1\] must be an integer from -2 to 1, got -3/],
  [{ shape: [3, 4], axes: ["1"] }, TypeError, /axes\[0\] must be a number, got "1"/],
  [
    { shape: [3, 4], axes: [1, -1] },
    RangeError,
    /axes\[1\] is -1, the same axis as axes\[0\], which is 1: name each once/,
  ],
  [{ shape: [3, 4], rowLength: 4 }, TypeError, /rowLength and shape are both given/],
  [{ axes: [0] }, TypeError, /axes needs shape/],
  [
    { shape: [12], ordering: "dyadic" },
    RangeError,
    /ordering "dyadic" is for rows of a power of two, got rows of 12/,
  ],
  [{ shap: [12] }, TypeError, /fwht has no option "shap", did you mean "shape"\?/],
])("%j is refused, and nothing is written", (options, type, message) => {
  const x = integers(12, 1);
  const before = x.slice();
  expect(() => call(x, options)).toThrow(type);
  expect(() => call(x, options)).toThrow(message);
  expectSameBits(x, before);
});

test("an axis that is too long is refused", () => {
  const shape = [2 ** 25, 1];
  const tooLong = () => call(new Float32Array(2 ** 25), { shape, axes: [0] });
  expect(tooLong).toThrow(
    /shape\[0\] is 33554432: an axis that is transformed has a size from 1 to 16777216/,
  );
});
