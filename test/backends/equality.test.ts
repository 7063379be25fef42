/** Every backend and instruction set against the plain TypeScript of docs/numerics.md, bit by bit. */

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Backend } from "../../lib/backends/backend.js";
import { FixedClassifier } from "../../lib/index.js";
import type { HeadTable } from "../../lib/table.js";
import { label, others, reference } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { compareHeads, ordinary } from "../support/compare-heads.js";
import { crossEntropyOf } from "../support/losses.js";
import { KINDS } from "../support/random.js";
import type { HeadInput } from "../support/run-head.js";
import { randomTable } from "../support/tables.js";

const tableOf = (features: number, classes: number, code: "hadamard" | "sylvester"): HeadTable =>
  new FixedClassifier({ features, classes, code, bias: false, allowDuplicates: true, backend: reference })
    .code.table;

const settings = {
  rows: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constantFrom(0, 31, 32, 33, 64, 70)),
  kind: fc.constantFrom(...KINDS),
  scale: fc
    .oneof(
      fc.double({ min: -100, max: 100, noNaN: true }),
      fc.constantFrom(0, -0, 1, 1e30, -1e-30, 2 ** -149, Number.NaN, Infinity, -Infinity),
    )
    .map(Math.fround),
  bias: fc.option(fc.constantFrom(...KINDS)),
  gradient: fc.constantFrom(...KINDS),
  k: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constantFrom(17, 64, 100)),
  labelSmoothing: fc.constantFrom(0, 0, 0.1, 0.3, 0.999),
  rowWeight: fc.constantFrom(1, 1, 1 / 3, 1 / 64),
  offset: fc.integer({ min: 0, max: 17 }),
  seed: fc.nat(),
};

/** Widths about the sizes of vectors, of registers and of blocks. */
const width = (max: number): fc.Arbitrary<number> => {
  const edges = [
    1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 512, 513,
  ];
  return fc.oneof(fc.integer({ min: 1, max }), fc.constantFrom(...edges.filter((n) => n <= max)));
};

const property = (arbitrary: fc.Arbitrary<HeadInput>, numRuns: number): void => {
  fc.assert(fc.property(arbitrary, compareHeads), { numRuns, interruptAfterTimeLimit: 15_000 });
};

describe("heads", () => {
  test("of the codes, at any shape, offset and values", () => {
    const shape = fc
      .record({
        features: width(600),
        part: fc.double({ min: 0, max: 1, noNaN: true }),
        code: fc.constantFrom("hadamard" as const, "sylvester" as const),
      })
      .map(({ features, part, code }) => {
        const order = 2 ** Math.ceil(Math.log2(features));
        return tableOf(features, Math.max(1, Math.round(part * part * 2 * order)), code);
      });
    property(fc.record({ ...settings, table: shape }), 150);
  });

  test("of tables with several blocks, masks and overlapping segments", () => {
    const table = fc
      .record({
        features: width(300),
        spare: fc.integer({ min: 0, max: 2 }),
        blocks: fc.integer({ min: 1, max: 4 }),
        seed: fc.nat(),
      })
      .map(({ features, spare, blocks, seed }) =>
        randomTable({ features, length: 2 ** (Math.ceil(Math.log2(features)) + spare), blocks, seed }),
      );
    property(fc.record({ ...settings, table }), 100);
  });

  test("at every order up to 2^16, by half of its rows, all, and all twice", () => {
    for (let order = 1; order <= 2 ** 16; order *= 2) {
      for (const classes of [order / 4, order / 2 - 1, order / 2, order - 1, 2 * order]) {
        const table = classes >= 1 && tableOf(order, Math.floor(classes), "hadamard");
        if (table && (order < 2 ** 14 || classes === order / 2))
          compareHeads({ ...ordinary, rows: order > 4096 ? 1 : 3, table });
      }
    }
  });

  test("with fewer features than the order has columns", () => {
    for (const [features, length] of [
      [1, 64],
      [2, 512],
      [60, 1024],
      [200, 4096],
      [257, 512],
      [1000, 2048],
      [3000, 8192],
    ] as const) {
      compareHeads({ ...ordinary, table: randomTable({ features, length, blocks: 2, seed: length }) });
    }
  });

  test.each([
    [1280, 1000],
    [1664, 1000],
    [2048, 1000],
    [768, 2000],
    [4095, 4096],
  ])("of %d features and %d classes, in chunks of rows", (features, classes) => {
    for (const code of ["hadamard", "sylvester"] as const) {
      compareHeads({ ...ordinary, rows: 35, rowWeight: 1 / 35, table: tableOf(features, classes, code) });
    }
  });

  test.each(KINDS)("rows of the kind %s", (kind) => {
    for (const [features, classes] of [
      [17, 30],
      [64, 128],
      [300, 700],
      [1024, 100],
    ] as const) {
      for (const bias of ["normal", "special", null] as const) {
        compareHeads({ ...ordinary, kind, bias, rows: 9, table: tableOf(features, classes, "hadamard") });
        compareHeads({
          ...ordinary,
          gradient: kind,
          bias,
          rows: 9,
          table: tableOf(features, classes, "sylvester"),
        });
      }
    }
  });

  test.each([1, 2, 5])("the best %d of classes that tie, with zeros of both signs", (k) => {
    for (const [features, classes] of [
      [5, 4],
      [9, 8],
      [16, 32],
      [64, 64],
      [100, 200],
      [512, 100],
      [1024, 2000],
    ] as const) {
      const table = tableOf(features, classes, "hadamard");
      for (const scale of [0, -0, 1]) {
        for (const kind of ["normal", "integers", "zeros"] as const) {
          for (const bias of ["zeros", null] as const)
            compareHeads({ ...ordinary, table, k, scale, kind, bias, rows: 9 });
        }
      }
    }
  });

  test("exponentials over their whole range, and the logarithms of their sums", () => {
    const table = tableOf(4096, 8192, "hadamard");
    // A row of zeros has the bias as logits.
    const x = new Float32Array(4096);
    for (const [from, to] of [
      [-110, 0],
      [-1, 0],
      [-88, -86],
      [-1e-3, 1e-3],
      [-700, 700],
    ] as const) {
      const bias = Float32Array.from({ length: 8192 }, (_, c) => from + ((to - from) * c) / 8191);
      const run = (backend: Backend): Float32Array[] => {
        const kernels = backend.head(table);
        const p = new Float32Array(8192);
        kernels.probabilities(x, { scale: 1, bias }, p);
        const losses = new Float32Array(1);
        const gradients = {
          features: x.slice(),
          scale: new Float32Array(1),
          bias: new Float32Array(8192),
          weights: null,
        };
        const loss = crossEntropyOf(Int32Array.of(4000), { labelSmoothing: 0.2 });
        kernels.lossAndGradient(x, { scale: 1, bias, normalised: true }, loss, losses, gradients);
        return [p, losses, gradients.bias];
      };
      const expected = run(reference);
      expect(expected[0]?.some((v) => v > 0)).toBe(true);
      for (const backend of others) {
        run(backend).forEach((values, i) => {
          expectSameBits(values, expected[i] as Float32Array, `${label(backend)}, exp from ${from} to ${to}`);
        });
      }
    }
  });

  test("of 2^17 classes, the most that 2^16 features have", () => {
    compareHeads({ ...ordinary, rows: 1, bias: null, table: tableOf(2 ** 16, 2 ** 17, "hadamard") });
  });
});
