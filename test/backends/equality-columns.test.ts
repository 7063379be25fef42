/** Columns of every backend and instruction set: the bits of rows of the same numbers, in any shape. */

import { test } from "@jest/globals";
import fc from "fast-check";
import { type Backend, fwht } from "../../lib/index.js";
import { label, others, reference } from "../support/backends.js";
import { expectSameBits, type NumberArray } from "../support/bits.js";
import { guarded } from "../support/memory.js";
import { doubles, floats, integers, KINDS, type Kind } from "../support/random.js";

type Type = "float32" | "float64" | "int32";
const TYPES: readonly Type[] = ["float32", "float64", "int32"];

function make(type: Type, length: number, seed: number, kind: Kind): NumberArray {
  if (type === "int32") return integers(length, seed);
  return type === "float32" ? floats(length, seed, kind) : doubles(length, seed, kind);
}

interface Input {
  type: Type;
  outer: number;
  length: number;
  inner: number;
  scale: number;
  kind: Kind;
  offset: number;
  seed: number;
}

/** Every column as a row, by the reference. */
function byRows(x: NumberArray, { length, inner }: Input, scale: number | "inverse"): NumberArray {
  const y = x.slice() as NumberArray;
  const row = x.slice(0, length) as NumberArray;
  for (let first = 0; first < x.length; first++) {
    if (Math.floor(first / inner) % length !== 0) continue;
    for (let i = 0; i < length; i++) row[i] = x[first + i * inner] as number;
    fwht(row, { scale, backend: reference });
    for (let i = 0; i < length; i++) y[first + i * inner] = row[i] as number;
  }
  return y;
}

function compare(input: Input, backends: readonly Backend[] = [...others, reference]): void {
  const { type, outer, length, inner, scale, kind, offset, seed } = input;
  const x = make(type, outer * length * inner, seed, kind);
  const factor = type === "int32" ? (scale === 1 ? 1 : "inverse") : scale;
  const expected = byRows(x, input, factor);
  for (const backend of backends) {
    const { view, check } = guarded(x, offset);
    fwht(view, { shape: [outer, length, inner], axes: [1], scale: factor, backend });
    check();
    expectSameBits(view, expected, `${label(backend)}, ${type}, ${outer} × ${length} × ${inner}`);
  }
}

const lengths = fc.oneof(
  fc.integer({ min: 0, max: 11 }).map((m) => 2 ** m),
  fc.constantFrom(12, 20, 28, 36, 52, 92, 100, 200, 256 * 3, 384, 640),
);

test("any shape, offset, scale and values", () => {
  const input = fc.record({
    type: fc.constantFrom(...TYPES),
    outer: fc.integer({ min: 1, max: 5 }),
    length: lengths,
    inner: fc.oneof(fc.integer({ min: 2, max: 70 }), fc.integer({ min: 2, max: 1000 })),
    scale: fc.oneof(fc.constant(1), fc.double({ noNaN: true, noDefaultInfinity: true })),
    kind: fc.constantFrom(...KINDS),
    offset: fc.integer({ min: 0, max: 17 }),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(input, (each) => {
      const inner = Math.max(2, Math.min(each.inner, Math.floor(2 ** 14 / each.length)));
      const outer = Math.min(each.outer, Math.ceil(2 ** 13 / (each.length * inner)));
      compare({ ...each, inner, outer });
    }),
    { numRuns: 150, interruptAfterTimeLimit: 15_000 },
  );
});

// Larger than what the kernels take at once: pieces of a slice, and tiles of what no cache holds.
test.each([
  [1, 64, 6000],
  [1, 20 * 16, 1001],
  [2, 8192, 37],
  [1, 2 ** 17, 3],
])("large blocks of float32, %i × %i × %i", (outer, length, inner) => {
  compare({ type: "float32", outer, length, inner, scale: 0.3, kind: "normal", offset: 1, seed: 1 });
});

test.each([
  [1024, 1030],
  [2048, 517],
  [4096, 300],
  [8192, 130],
])("tiles, %i × %i", (length, inner) => {
  const native = others.filter(({ name }) => name === "native");
  const shape = { outer: 1, length, inner, scale: -0.5, kind: "normal", offset: 5, seed: 1 } as const;
  compare({ type: "float32", ...shape }, native);
});

test.each(["float64", "int32"] as const)("tiles of %s", (type) => {
  const native = others.filter(({ name }) => name === "native");
  compare({ type, outer: 1, length: 2048, inner: 520, scale: 2, kind: "normal", offset: 1, seed: 1 }, native);
});
