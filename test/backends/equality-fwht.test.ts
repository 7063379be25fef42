/** The transform of every backend and instruction set against plain TypeScript, bit by bit. */

import { test } from "@jest/globals";
import fc from "fast-check";
import { allocate, fwht } from "../../lib/index.js";
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
  rowLength: number;
  rows: number;
  scale: number;
  kind: Kind;
  offset: number;
  seed: number;
}

function compare({ type, rowLength, rows, scale, kind, offset, seed }: Input): void {
  const x = make(type, rows * rowLength, seed, kind);
  const factor = type === "int32" ? (scale === 1 ? 1 : "inverse") : scale;
  const options = { rowLength, scale: factor } as const;
  const expected = fwht(x.slice() as NumberArray, { ...options, backend: reference });
  for (const backend of others) {
    const { view, check } = guarded(x, offset);
    fwht(view, { ...options, backend });
    check();
    expectSameBits(view, expected, `${label(backend)}, ${type}, ${rows} × ${rowLength}`);
    view.set(x);
    fwht.plan(view, { ...options, backend })();
    check();
    expectSameBits(view, expected, `${label(backend)}, plan of ${type}, ${rows} × ${rowLength}`);
  }
}

test("any shape, offset, scale and values", () => {
  const input = fc.record({
    type: fc.constantFrom(...TYPES),
    rowLength: fc.integer({ min: 0, max: 12 }).map((m) => 2 ** m),
    rows: fc.integer({ min: 1, max: 40 }),
    scale: fc.oneof(fc.constant(1), fc.double({ noNaN: true, noDefaultInfinity: true })),
    kind: fc.constantFrom(...KINDS),
    offset: fc.integer({ min: 0, max: 17 }),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(input, (each) => {
      // As many rows as make a few thousand elements.
      compare({ ...each, rows: Math.min(each.rows, Math.ceil(8192 / each.rowLength)) });
    }),
    { numRuns: 200, interruptAfterTimeLimit: 15_000 },
  );
});

test.each(TYPES)("every length of %s up to 2^18", (type) => {
  for (let rowLength = 1; rowLength <= 2 ** 18; rowLength *= 2) {
    const rows = rowLength < 2 ** 14 ? 3 : 1;
    compare({ type, rowLength, rows, scale: 0.3, kind: "mixed", offset: 1, seed: rowLength });
  }
});

test.each(TYPES)("aligned rows of %s up to 2^18, by themselves and behind each other", (type) => {
  for (let rowLength = 2 ** 7; rowLength <= 2 ** 18; rowLength *= 2) {
    for (const rows of rowLength < 2 ** 16 ? [1, 3] : [1]) {
      const x = make(type, rows * rowLength, rowLength, "mixed");
      const expected = fwht(x.slice() as NumberArray, { rowLength, backend: reference });
      for (const backend of others) {
        const aligned = allocate(x.length, type);
        aligned.set(x);
        fwht(aligned, { rowLength, backend });
        expectSameBits(aligned, expected, `${label(backend)}, ${type}, ${rows} × ${rowLength}`);
      }
    }
  }
});

test.each(TYPES)("2^20 of %s", (type) => {
  compare({ type, rowLength: 2 ** 20, rows: 1, scale: 1, kind: "normal", offset: 3, seed: 1 });
});
