import { describe, expect, test } from "@jest/globals";
import type { FixedClassifierOptions } from "../../lib/index.js";
import { createOnJs as create } from "../support/heads.js";
import { hadamardTableOf } from "../support/tables.js";

describe("limits", () => {
  const refuse = (options: FixedClassifierOptions, message: RegExp): void => {
    expect(() => create(options)).toThrow(RangeError);
    expect(() => create(options)).toThrow(message);
  };

  test("hadamard ends where narrow features have no more vectors, and says what to do", () => {
    for (const [features, limit, enough] of [
      [1, 2, 2],
      [2, 4, 3],
      [3, 8, 5],
      [5, 16, 7],
      [8, 128, 11],
      [12, 512, 13],
      [16, 8192, 17],
    ] as const) {
      expect(() => create({ features, classes: limit })).not.toThrow();
      refuse(
        { features, classes: limit + 1 },
        new RegExp(
          `vectors for ${limit} classes at ${features} features, got ${limit + 1} classes; use at least \\d+ features`,
        ),
      );
      expect(() => create({ features: enough, classes: limit + 1 })).not.toThrow();
    }
  });

  test("sylvester refuses classes that would share a vector, and names the ways out", () => {
    const options = { features: 512, classes: 1000, code: "sylvester" } as const;
    refuse(options, /512 different vectors at 512 features: of 1000 classes, 488 would/);
    refuse(options, /code "hadamard", at least 1024 features, or allowDuplicates: true/);
    expect(() => create({ ...options, classes: 512 })).not.toThrow();
    expect(() => create({ ...options, features: 1024 })).not.toThrow();
    expect(() => create({ ...options, features: 513 })).not.toThrow();
    expect(() => create({ ...options, allowDuplicates: true })).not.toThrow();
  });

  test("polytopes name the nearest there is", () => {
    refuse({ features: 12, classes: 3, code: "simplex" }, /got 12 features; the nearest are 11 and 15/);
    refuse(
      { features: 11, classes: 13, code: "simplex" },
      /12 corners at 11 features, got 13 .* use 15 features/,
    );
    refuse({ features: 11, classes: 3, code: "orthoplex" }, /got 11; the nearest are 8 and 12/);
    refuse({ features: 12, classes: 25, code: "orthoplex" }, /24 corners at 12 .* got 25 .* use 16 features/);
    refuse({ features: 25, classes: 3, code: "cube" }, /up to 24 features, got 25/);
    refuse({ features: 4, classes: 17, code: "cube" }, /16 corners at 4 .* got 17 .* at least 5 features/);
    for (const [options] of [
      [{ features: 15, classes: 13, code: "simplex" }],
      [{ features: 16, classes: 25, code: "orthoplex" }],
      [{ features: 5, classes: 17, code: "cube" }],
    ] as const) {
      expect(() => create(options)).not.toThrow();
    }
  });

  test("a stored matrix has a largest size", () => {
    for (const code of ["orthogonal", "learned"] as const) {
      refuse(
        { features: 65536, classes: 4097, code },
        /at most 268435456 entries, got 4097 × 65536; at 65536 features it takes up to 4096 classes/,
      );
    }
  });

  test("learned has no scale", () => {
    refuse({ features: 4, classes: 3, code: "learned", scale: 2 }, /code "learned" has no scale.* got 2/);
    const head = create({ features: 4, classes: 3, code: "learned", learnScale: true });
    expect([head.scale, head.settings.learnScale]).toEqual([1, false]);
    expect(() => {
      head.scale = 3;
    }).toThrow(RangeError);
  });

  test("the widest head", () => {
    const head = create({ features: 2 ** 16, classes: 2 ** 17 });
    expect(head.code.order).toBe(2 ** 16);
    expect(head.code.blocks).toBe(1);
  });

  test("a million classes at 512 features: less than a megabyte", () => {
    const head = create({ features: 512, classes: 1_000_000, bias: false });
    expect(head.code.blocks).toBe(977);
    const { masks, segments, factor, columns, places } = hadamardTableOf(head);
    expect([factor, columns, places]).toEqual([null, null, null]);
    expect(masks.byteLength + segments.byteLength).toBeLessThan(2 ** 20);
  });
});
