/** Tables with a Kronecker factor, scattered columns or a dense matrix: every backend against plain TypeScript, bit by bit. */

import { test } from "@jest/globals";
import fc from "fast-check";
import { knownOrder, MAX_FACTOR_ORDER } from "../../lib/hadamard/orders.js";
import { FixedClassifier, type FixedClassifierOptions, fwht } from "../../lib/index.js";
import type { HeadTable } from "../../lib/table.js";
import { label, others, reference } from "../support/backends.js";
import { expectSameBits, type NumberArray } from "../support/bits.js";
import { compareHeads, ordinary } from "../support/compare-heads.js";
import { guarded } from "../support/memory.js";
import { doubles, floats, integers, KINDS, type Kind } from "../support/random.js";
import { denseTable, productTable, randomTable } from "../support/tables.js";

const settings = {
  rows: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constantFrom(0, 31, 33, 70)),
  kind: fc.constantFrom(...KINDS),
  scale: fc
    .oneof(
      fc.double({ min: -100, max: 100, noNaN: true }),
      fc.constantFrom(0, -0, 1e30, Number.NaN, Infinity),
    )
    .map(Math.fround),
  bias: fc.option(fc.constantFrom(...KINDS)),
  gradient: fc.constantFrom(...KINDS),
  k: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constantFrom(17, 64)),
  labelSmoothing: fc.constantFrom(0, 0, 0.1, 0.999),
  rowWeight: fc.constantFrom(1, 1, 1 / 3, 1 / 64),
  offset: fc.integer({ min: 0, max: 17 }),
  seed: fc.nat(),
};

const property = (table: fc.Arbitrary<HeadTable>, numRuns: number): void => {
  fc.assert(fc.property(fc.record({ ...settings, table }), compareHeads), {
    numRuns,
    interruptAfterTimeLimit: 15_000,
  });
};

/** A part of a whole, at least 1. */
const part = fc.double({ min: 0, max: 1, noNaN: true });
const share = (of: number, whole: number): number => Math.max(1, Math.round(of * whole));

/** The longest stretch of a table with a factor that is no wider than it has to be. */
const largest = (factorOrder: number): number => (factorOrder === 1 ? 64 : factorOrder > 20 ? 4 : 32);

const FACTOR_ORDERS = [12, 20, 24, 28, 36, 44, 52, 60, 68, 92, 116, 156, 172];

test("tables with a factor, several blocks, masks and overlapping segments", () => {
  const table = fc
    .record({
      factorOrder: fc.constantFrom(...FACTOR_ORDERS),
      length: fc.constantFrom(1, 2, 4, 8, 16, 32),
      features: part,
      blocks: fc.integer({ min: 1, max: 3 }),
      seed: fc.nat(),
    })
    .map(({ factorOrder, length, features, blocks, seed }) => {
      const small = factorOrder * length > 700 ? 4 : length;
      return randomTable({
        features: share(features, factorOrder * small),
        factorOrder,
        length: small,
        blocks,
        seed,
      });
    });
  property(table, 80);
});

test("tables whose features are scattered over the columns", () => {
  const table = fc
    .record({
      factorOrder: fc.constantFrom(1, 1, 12, 20, 92),
      length: fc.constantFrom(1, 2, 4, 8, 16, 32, 64),
      features: part,
      blocks: fc.integer({ min: 1, max: 3 }),
      seed: fc.nat(),
    })
    .map(({ factorOrder, length, features, blocks, seed }) =>
      randomTable({
        features: share(features, factorOrder * Math.min(length, largest(factorOrder))),
        factorOrder,
        length: Math.min(length, largest(factorOrder)),
        blocks,
        scattered: true,
        seed,
      }),
    );
  property(table, 60);
});

test("dense tables, normalised and not", () => {
  const table = fc
    .record({
      features: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.constantFrom(63, 64, 65, 128)),
      classes: fc.integer({ min: 1, max: 80 }),
      normalised: fc.boolean(),
      kind: fc.constantFrom("normal" as const, ...KINDS),
      seed: fc.nat(),
    })
    .map(({ features, classes, normalised, kind, seed }) =>
      denseTable(features, classes, normalised, floats(features * classes, seed, kind)),
    );
  property(table, 80);
});

test("product tables", () => {
  const table = fc
    .record({
      width: fc.constantFrom(2, 4, 4, 8, 8, 16, 32),
      features: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.constantFrom(64, 128, 256, 512)),
      classes: fc.oneof(fc.integer({ min: 1, max: 80 }), fc.constantFrom(1023, 1024, 1025, 2100)),
      seed: fc.nat(),
      extras: fc.record({
        stages: fc.constantFrom(1, 1, 2, 3, 4),
        normalised: fc.constantFrom(true, true, false),
      }),
      magnitudes: fc.constantFrom({}, {}, { magnitudes: true }),
    })
    .map(({ width, features, classes, seed, extras, magnitudes }) =>
      productTable(Math.max(features, width), classes, width, seed, { ...extras, ...magnitudes }),
    );
  property(table, 80);
});

test.each([
  { features: 384, classes: 700 },
  { features: 768, classes: 2000 },
  { features: 1280, classes: 1000 },
  { features: 1664, classes: 1000 },
  { features: 1000, classes: 3000 },
  { features: 64, classes: 5000 },
  { features: 90, classes: 400 },
  { features: 172, classes: 100 },
  { features: 344, classes: 1000 },
  { features: 11_008, classes: 90 },
  { features: 1023, classes: 1000, code: "simplex" },
  { features: 59, classes: 60, code: "simplex" },
  { features: 91, classes: 80, code: "simplex" },
  { features: 576, classes: 1100, code: "orthoplex" },
  { features: 11, classes: 2000, code: "cube" },
  { features: 100, classes: 150, code: "orthogonal" },
  { features: 100, classes: 150, code: "learned" },
  { features: 384, classes: 1500, code: "product" },
  { features: 100, classes: 1500, code: { name: "product", width: 8 } },
  { features: 100, classes: 1500, code: { name: "product", width: 16, stages: 3 } },
  { features: 100, classes: 700, code: { name: "product", width: 8, normalised: false } },
  { features: 100, classes: 700, code: { name: "product", width: 4, stages: 2, rotation: 3 } },
] as FixedClassifierOptions[])("%j, in chunks of rows", (options) => {
  const { table } = new FixedClassifier({ ...options, bias: false, backend: reference }).code;
  compareHeads({ ...ordinary, rows: 35, rowWeight: 1 / 35, table });
});

test.each([
  [4096, 100, 32],
  [64, 10_000, 20],
  [64, 10_000, 33],
])("gradients of %i features and %i classes by the vectors, %i rows", (features, classes, rows) => {
  compareHeads({ ...ordinary, rows, table: productTable(features, classes, 8, 1, {}) });
});

test("rows of a product code for which a head has memory of its own", () => {
  compareHeads({ ...ordinary, rows: 5, table: productTable(512, 17_000, 4, 1, {}) });
});

test("every factor there is, alone and with two columns", () => {
  for (let factorOrder = 12; factorOrder <= MAX_FACTOR_ORDER; factorOrder += 4) {
    if (knownOrder(factorOrder)?.factorOrder !== factorOrder) continue;
    for (const length of [1, 2]) {
      const table = randomTable({
        features: factorOrder * length - 1,
        factorOrder,
        length,
        blocks: 1,
        seed: factorOrder,
      });
      compareHeads({ ...ordinary, rows: 2, table });
    }
  }
});

type Type = "float32" | "float64" | "int32";
const TYPES: readonly Type[] = ["float32", "float64", "int32"];

function make(type: Type, length: number, seed: number, kind: Kind): NumberArray {
  if (type === "int32") return integers(length, seed);
  return type === "float32" ? floats(length, seed, kind) : doubles(length, seed, kind);
}

test.each(TYPES)("transforms of %s with a factor", (type) => {
  const compareTransform = (
    rowLength: number,
    rows: number,
    kind: Kind,
    offset: number,
    transpose = false,
  ): void => {
    const x = make(type, rows * rowLength, rowLength + offset, kind);
    const options = { rowLength, scale: type === "int32" ? "inverse" : 0.3, transpose } as const;
    const expected = fwht(x.slice() as NumberArray, { ...options, backend: reference });
    for (const backend of others) {
      const { view, check } = guarded(x, offset);
      fwht(view, { ...options, backend });
      check();
      expectSameBits(view, expected, `${label(backend)}, ${type}, ${rows} × ${rowLength}, ${kind}`);
      view.set(x);
      fwht.plan(view, { ...options, backend })();
      check();
      expectSameBits(view, expected, `${label(backend)}, plan of ${type}, ${rows} × ${rowLength}, ${kind}`);
    }
  };
  for (const factorOrder of FACTOR_ORDERS) {
    for (const length of [1, 2, 4, 8, 16, 32, 64, 128]) {
      const kind = KINDS[(factorOrder + length) % KINDS.length] as Kind;
      compareTransform(factorOrder * length, length < 64 ? 3 : 1, kind, length % 5, length % 4 === 2);
    }
  }
  for (const rowLength of [252, 6144, 20 * 2 ** 12, 12 * 2 ** 15, 92 * 2 ** 11]) {
    compareTransform(rowLength, 2, "mixed", 1);
  }
  compareTransform(11_008, 2, "mixed", 1, true);
});

test("scales that are not finite, and no rows", () => {
  const codes: FixedClassifierOptions["code"][] = [
    "hadamard",
    "sylvester",
    "orthogonal",
    "learned",
    "product",
    { name: "hadamard", assignment: [7, 0, 3] },
  ];
  for (const features of [16, 20, 100]) {
    for (const code of codes as NonNullable<FixedClassifierOptions["code"]>[]) {
      const { table } = new FixedClassifier({ features, classes: 10, code, backend: reference }).code;
      for (const scale of [Number.NaN, Infinity, -Infinity]) {
        for (const rows of [0, 3, 33]) {
          for (const kind of KINDS) compareHeads({ ...ordinary, table, rows, kind, scale });
        }
      }
    }
  }
});
