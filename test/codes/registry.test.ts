/** What every class code has to do: a new one is held to it by its line in lib/codes/index.ts. */

import { describe, expect, test } from "@jest/globals";
import type { CodeEntry } from "../../lib/codes/code.js";
import { CODE_NAMES, CODES, type CodeName } from "../../lib/codes/index.js";
import { FixedClassifier } from "../../lib/index.js";
import { reference as js } from "../support/backends.js";
import { expectSameBits } from "../support/bits.js";
import { createOnJs } from "../support/heads.js";
import { floats } from "../support/random.js";
import { tableVectors } from "../support/tables.js";

/** A width that every code takes: one less than an order, and an order itself for the orthoplex. */
const widthOf = (name: CodeName): number => (name === "simplex" ? 11 : name === "cube" ? 4 : 12);
const CLASSES = 9;

/** Values other than the defaults for options that codes may have: of two that say the same, one is null. */
const OPTIONS: Record<string, unknown> = {
  seed: 77,
  allowDuplicates: true,
  assignment: Int32Array.of(4, 0, 17),
};

const PRODUCT_OPTIONS: Record<string, unknown> = {
  width: 8,
  stages: 2,
  normalised: false,
  rotation: 5,
  assignment: null,
  weights: null,
  magnitudes: Float32Array.of(0.5, 2, 1, 0),
  originals: {
    weights: Uint16Array.from({ length: 24 }, (_, i) => 0x3c00 + i),
    bias: Float32Array.of(1, -2),
  },
  packed: Uint32Array.from({ length: 32 }, (_, c) => 0x7e - 2 * c),
};

describe.each(CODE_NAMES)("%s", (name) => {
  const entry: CodeEntry = CODES[name];
  const values = { ...OPTIONS, ...(name === "product" && PRODUCT_OPTIONS) };
  const given = Object.fromEntries(entry.optionNames.map((option) => [option, values[option]]));
  const create = (own: object, classes = CLASSES): FixedClassifier =>
    createOnJs({ features: widthOf(name), classes, code: { name, ...own } as never });

  test("has values for the test of all of its options, and a version", () => {
    expect(Object.values(given)).not.toContain(undefined);
    expect(Number.isInteger(entry.version) && entry.version >= 1).toBe(true);
  });

  test("tells its name and its options, with the defaults filled in", () => {
    const { code } = create({});
    expect(code.name).toBe(name);
    expect(Object.keys(code.options).sort()).toEqual([...entry.optionNames].sort());
    expect(create(given).code.options).toMatchObject(given);
  });

  test("makes the same vectors from the same settings, of unit length after the unit", () => {
    const vectors = tableVectors(create(given).code.table);
    expect(vectors).toHaveLength(CLASSES);
    expect(tableVectors(create(given).code.table)).toEqual(vectors);
    expect(tableVectors(createOnJs(create(given).settings).code.table)).toEqual(vectors);
  });

  test("keeps everything in a file", () => {
    const head = create(given);
    head.bias?.set(floats(CLASSES, 1));
    const again = FixedClassifier.fromSafetensors(head.toSafetensors(), { backend: js });
    expect(again.settings).toEqual(head.settings);
    expect(again.toSafetensors()).toEqual(head.toSafetensors());
    const x = floats(2 * head.features, 2);
    expectSameBits(again.forward(x), head.forward(x));
  });

  test("refuses options that it does not have", () => {
    expect(() => create({ ...given, seeds: 1 })).toThrow(TypeError);
    expect(() => create({ ...given, seeds: 1 })).toThrow(`code "${name}" has no option "seeds"`);
  });

  test("refuses more classes than it has vectors for with a RangeError that names the remedy", () => {
    // The limit of a code that keeps its vectors is memory, or how many there are: test/codes/limits.test.ts.
    if (create({}).code.table.kind !== "hadamard") return;
    const limit = () => create({}, 2 ** 24);
    expect(limit).toThrow(RangeError);
    expect(limit).toThrow(/use /);
  });

  test("keeps the vectors of the first classes when classes are added, unless its order grows with them", () => {
    if (name === "sylvester") return;
    const more = tableVectors(create(given, CLASSES + 2).code.table);
    expect(more.slice(0, CLASSES)).toEqual(tableVectors(create(given).code.table));
  });

  test("has a finite start and a coherence between −1 and 1", () => {
    const { code, scale, bias } = create(given);
    expect(Number.isFinite(scale)).toBe(true);
    expect(bias?.every(Number.isFinite)).toBe(true);
    const { absolute, signed } = code.coherence;
    expect(absolute >= 0 && absolute <= 1 && signed >= -1 && signed <= 1).toBe(true);
  });
});

test("a name that no code has", () => {
  expect(() => createOnJs({ features: 4, classes: 2, code: { name: "kerdock" } as never })).toThrow(
    /code must be one of "hadamard", .*got "kerdock"/,
  );
});
