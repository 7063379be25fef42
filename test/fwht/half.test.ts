import { describe, expect, test } from "@jest/globals";
import type { HalfType } from "../../lib/backends/backend.js";
import { type FwhtOptions, fwht } from "../../lib/index.js";
import { onEachBackend, reference } from "../support/backends.js";
import { generator, integers } from "../support/random.js";

const TYPES = ["float16", "bfloat16"] as const;
const NAN = { float16: 0x7e00, bfloat16: 0x7fc0 };
const ALL = Uint16Array.from({ length: 2 ** 16 }, (_, bits) => bits);

/** By the definition of a binary format of IEEE 754. */
function halfValue(bits: number, type: HalfType): number {
  const fractionBits = type === "float16" ? 10 : 7;
  const bias = type === "float16" ? 15 : 127;
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits & 0x7fff) >> fractionBits;
  const fraction = (bits % 2 ** fractionBits) / 2 ** fractionBits;
  if (exponent === 2 * bias + 1) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias));
}

/** The values from 0 on, and, in place of infinity, what would follow the largest finite one. */
const MAGNITUDES = Object.fromEntries(
  TYPES.map((type) => {
    const infinity = type === "float16" ? 0x7c00 : 0x7f80;
    const values = Float64Array.from({ length: infinity }, (_, bits) => halfValue(bits, type));
    const [before = 0, last = 0] = values.subarray(-2);
    return [type, Float64Array.of(...values, 2 * last - before)];
  }),
) as Record<HalfType, Float64Array>;

/** The nearest of all values, the one with even bits of two, in float64: a search, no arithmetic with bits. */
function rounded(value: number, type: HalfType): number {
  if (Number.isNaN(value)) return NAN[type];
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  const values = MAGNITUDES[type];
  let low = 0;
  let high = values.length - 1;
  if (magnitude >= (values[high] as number)) return sign | high;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((values[middle] as number) <= magnitude) low = middle;
    else high = middle;
  }
  const below = magnitude - (values[low] as number);
  const above = (values[high] as number) - magnitude;
  if (below === above) return sign | (low % 2 === 0 ? low : high);
  return sign | (below < above ? low : high);
}

/** Float32 numbers beside every value and every middle of two, and any others. */
function critical(type: HalfType): Float32Array {
  const values = MAGNITUDES[type];
  const numbers: number[] = [Infinity, Number.NaN, 3.4e38, 2 ** -149, 0];
  for (let i = 1; i < values.length; i += type === "float16" ? 1 : 3) {
    const middle = ((values[i - 1] as number) + (values[i] as number)) / 2;
    numbers.push(values[i] as number, middle);
  }
  const bits = new Int32Array(new Float32Array(numbers).buffer);
  const beside = [-1, 0, 1].flatMap((step) => Array.from(bits, (b) => Math.max(0, b + step)));
  const both = Int32Array.from([...beside, ...beside.map((b) => b | 0x80000000), ...integers(20_000, 1)]);
  return new Float32Array(both.buffer);
}

function expectBits(actual: Uint16Array, expected: ArrayLike<number>, what: string): void {
  const at = actual.findIndex((bits, i) => bits !== expected[i]);
  if (at < 0) return;
  const [got, wanted] = [actual[at], expected[at]].map((bits) => `0x${bits?.toString(16)}`);
  throw new Error(`${what}[${at}]: got ${got}, expected ${wanted}`);
}

/** What the transform of bits is to be: decoded by the definition, in float32, rounded once by search. */
function expectedBits(bits: Uint16Array, type: HalfType, options: FwhtOptions): Uint16Array {
  const x = Float32Array.from(bits, (b) => halfValue(b, type));
  fwht(x, { ...options, backend: reference });
  return Uint16Array.from(x, (value) => rounded(value, type));
}

/** Finite numbers of any size, or any bits. */
const halves = (length: number, seed: number): Uint16Array =>
  Uint16Array.from(integers(length, seed), (v) => ((v >> 8) % 7 === 0 ? v : (v & 0x8fff) + 0x3000));

const CRITICAL = { float16: critical("float16"), bfloat16: critical("bfloat16") };
const ROUNDED = Object.fromEntries(
  TYPES.map((type) => [type, Uint16Array.from(CRITICAL[type], (v) => rounded(v, type))]),
) as Record<HalfType, Uint16Array>;

onEachBackend((backend) => {
  describe.each(TYPES)("%s", (type) => {
    test("every pattern is what it was, NaN apart", () => {
      const expected = ALL.map((bits) => (Number.isNaN(halfValue(bits, type)) ? NAN[type] : bits));
      expectBits(fwht(ALL.slice(), { type, rowLength: 1, backend }), expected, "rows of 1");
    });

    test("rounding: values, middles of two, their neighbours, and any bits", () => {
      const out = new Uint16Array(CRITICAL[type].length);
      backend.encode(CRITICAL[type], type, out);
      expectBits(out, ROUNDED[type], "encode");
      // Every number of elements behind whole registers, with nothing written beyond.
      for (let length = 1; length < 40; length++) {
        const some = new Uint16Array(length + 1).fill(7);
        backend.encode(CRITICAL[type].subarray(3, 3 + length), type, some.subarray(0, length));
        expectBits(some, [...ROUNDED[type].subarray(3, 3 + length), 7], `encode of ${length}`);
      }
    });

    test("a transform is that of float32, multiplied, and rounded once", () => {
      for (const [rowLength, rows] of [
        [1, 5],
        [2, 9],
        [16, 3],
        [64, 33],
        [384, 2],
        [4096, 3],
      ] as const) {
        for (const scale of [1, "orthonormal", "inverse", 0.1, 1e6] as const) {
          const bits = halves(rowLength * rows, rowLength);
          const options = { rowLength, scale };
          const expected = expectedBits(bits, type, options);
          expectBits(fwht(bits.slice(), { ...options, type, backend }), expected, `${rows} × ${rowLength}`);
          const bound = bits.slice();
          fwht.plan(bound, { ...options, type, backend })();
          expectBits(bound, expected, `plan of ${rows} × ${rowLength}`);
        }
      }
    });

    test("axes and orderings; several axes are rounded once", () => {
      for (const [shape, axes] of [
        [
          [8, 12, 4],
          [0, 1],
        ],
        [[3, 16, 5], [1]],
        [[20, 24], undefined],
      ] as const) {
        const bits = halves(
          (shape as readonly number[]).reduce((a, b) => a * b),
          1,
        );
        const options = { shape, scale: "orthonormal", ...(axes && { axes }) } as const;
        const expected = expectedBits(bits, type, options);
        expectBits(fwht(bits.slice(), { ...options, type, backend }), expected, `${shape}, ${axes}`);
      }
      const bits = halves(16 * 3 * 8, 2);
      const options = { shape: [16, 3, 8], axes: [0, 2], ordering: "sequency" } as const;
      const expected = expectedBits(bits, type, options);
      expectBits(fwht(bits.slice(), { ...options, type, backend }), expected, "sequency");
    });
  });

  test("more than a slice, and rows longer than one", () => {
    const random = generator(1);
    const bits = Uint16Array.from({ length: 2 ** 20 + 2 ** 10 }, () => 0x3c00 + random() * 1024);
    const options = { scale: "orthonormal", type: "float16", backend } as const;
    const rows = fwht(bits.slice(), { ...options, rowLength: 1024 });
    for (const r of [0, 255, 256, 511, 1024]) {
      const row = bits.slice(1024 * r, 1024 * (r + 1));
      expectBits(rows.subarray(1024 * r, 1024 * (r + 1)), fwht(row, options), `row ${r}`);
    }
    const long = bits.slice(0, 2 ** 19);
    const transform = fwht.plan(long, { ...options, type: "bfloat16" });
    const expected = fwht(long.slice(), { ...options, type: "bfloat16" });
    transform();
    expectBits(long, expected, "a long row");
  });
});

test("a Float16Array is float16 without a type", () => {
  const { Float16Array } = globalThis as { Float16Array?: new (buffer: ArrayBuffer) => Uint16Array };
  if (Float16Array === undefined) return;
  const bits = halves(64, 1);
  const expected = fwht(bits.slice(), { type: "float16" });
  fwht(new Float16Array(bits.buffer as ArrayBuffer));
  expectBits(bits, expected, "Float16Array");
});

const call = fwht as unknown as (x: unknown, options?: unknown) => unknown;

test.each([
  [
    new Uint16Array(4),
    {},
    TypeError,
    /x is a Uint16Array: say what its bits are, by type: "float16" or "bfloat16"/,
  ],
  [new Uint16Array(4), { type: "half" }, RangeError, /type must be one of "float16", "bfloat16", got "half"/],
  [new Uint16Array(4), { type: 16 }, TypeError, /type must be one of .*got 16/],
  [new Uint16Array(3), { type: "float16" }, RangeError, /the length of x must be the order of .*got 3/],
  [new Float32Array(4), { type: "float16" }, TypeError, /x is of type Float32Array: leave it out/],
  [new Int32Array(4), { type: "bfloat16" }, TypeError, /x is of type Int32Array: leave it out/],
])("%p, %j is refused", (x, options, type, message) => {
  expect(() => call(x, options)).toThrow(type);
  expect(() => call(x, options)).toThrow(message);
});

test("infinity and NaN come out as such, and what is too large for float16 is infinite", () => {
  const bits = Uint16Array.of(0x7bff, 0x7bff, 0x7c00, 0x3c00, 0x7e01, 0x3c00);
  fwht(bits, { type: "float16", rowLength: 2 });
  expect([...bits]).toEqual([0x7c00, 0, 0x7c00, 0x7c00, 0x7e00, 0x7e00]);
});
