import { describe, expect, test } from "@jest/globals";
import { createOnJs as create } from "../support/heads.js";
import { hadamardTableOf } from "../support/tables.js";

describe("where a head starts", () => {
  test("hadamard: a scale of ln(99·(C − 1)), no bias", () => {
    for (const classes of [1, 2, 3, 10, 1000]) {
      const head = create({ features: 1024, classes });
      expect(head.scale).toBe(Math.fround(Math.log(99 * Math.max(1, classes - 1))));
      expect(head.bias).toEqual(new Float32Array(classes));
    }
  });

  test("sylvester: scale 1/√C, bias uniform in ±1/√C from the seed", () => {
    const options = { features: 1024, classes: 1000, code: "sylvester" } as const;
    const head = create(options);
    const bound = 1 / Math.sqrt(1000);
    expect(head.scale).toBe(Math.fround(bound));
    const bias = head.bias as Float32Array;
    expect(bias.every((v) => Math.abs(v) <= bound)).toBe(true);
    expect(Math.abs(bias.reduce((a, b) => a + b) / 1000)).toBeLessThan(bound / 10);
    expect(bias.reduce((a, b) => a + b * b, 0) / 1000 / bound ** 2).toBeCloseTo(1 / 3, 1);
    expect(create(options).bias).toEqual(bias);
    expect(create({ ...options, seed: 1 }).bias).not.toEqual(bias);
  });

  test("learned: weights uniform in ±1/√N from the seed", () => {
    const options = { features: 64, classes: 100, code: "learned" } as const;
    const weights = create(options).weights as Float32Array;
    expect(weights).toHaveLength(6400);
    expect(weights.every((v) => Math.abs(v) <= 1 / 8)).toBe(true);
    expect((weights.reduce((a, b) => a + b * b, 0) / 6400) * 64).toBeCloseTo(1 / 3, 1);
    expect(create(options).weights).toEqual(weights);
    expect(create({ ...options, seed: 1 }).weights).not.toEqual(weights);
    expect(create({ features: 64, classes: 100 }).weights).toBeNull();
  });

  test("the seed chooses the random masks and matrices, and nothing else", () => {
    for (const options of [
      { features: 12, classes: 100 },
      { features: 64, classes: 4200 },
      { features: 20, classes: 10, code: "orthogonal" },
      { features: 20, classes: 10, code: "product" },
    ] as const) {
      const vectors = (seed: number): string => {
        const { table } = create({ ...options, seed }).code;
        if (table.kind === "product") return table.packed.join();
        return (table.kind === "dense" ? table.weights : table.masks).join();
      };
      expect(vectors(1)).toBe(vectors(1));
      expect(vectors(1)).not.toBe(vectors(2));
    }
    const of = (seed: number) => hadamardTableOf(create({ features: 64, classes: 4096, seed })).masks;
    expect(of(1)).toEqual(of(2));
  });

  test("random masks are the same on every machine", () => {
    const masks = (features: number, classes: number, from: number): number[] => [
      ...hadamardTableOf(create({ features, classes, seed: 1 })).masks.subarray(from),
    ];
    expect(masks(64, 4200, 64)).toEqual([1572114398, 4263340359]);
    expect(masks(12, 60, 0)).toEqual([0, 1468132912, 186003136]);
  });

  test("what the caller gives comes first", () => {
    const head = create({ features: 4, classes: 3, scale: -0.1, bias: false });
    expect(head.scale).toBe(Math.fround(-0.1));
    expect(head.bias).toBeNull();
    expect(create({ features: 4, classes: 3, scale: 0 }).scale).toBe(0);
  });
});
