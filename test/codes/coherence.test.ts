import { describe, expect, test } from "@jest/globals";
import type { FixedClassifierOptions } from "../../lib/index.js";
import { powerAbove } from "../support/definitions.js";
import { createOnJs as create } from "../support/heads.js";
import { tableVectors } from "../support/tables.js";

// Looking up a global is slow in Jest's sandbox.
const { abs, max } = Math;

/** Largest cosine and |cosine| over all pairs of classes; opposites count for the former only. */
function bruteForce(vectors: readonly ArrayLike<number>[]): { absolute: number; signed: number } {
  const features = vectors[0]?.length as number;
  let absolute = 0;
  let signed = -1;
  vectors.forEach((a, i) => {
    for (let j = 0; j < i; j++) {
      const b = vectors[j] as ArrayLike<number>;
      let product = 0;
      for (let f = 0; f < features; f++) product += (a[f] as number) * (b[f] as number);
      if (product > -features) absolute = max(absolute, abs(product / features));
      signed = max(signed, product / features);
    }
  });
  return { absolute, signed };
}

describe("coherence is that of all pairs of classes", () => {
  const check = (options: FixedClassifierOptions): void => {
    const { code } = create({ allowDuplicates: true, ...options });
    const { features, classes, code: name, seed } = options;
    const what = { features, classes, name, seed };
    expect({ ...what, ...code.coherence }).toEqual({ ...what, ...bruteForce(tableVectors(code.table)) });
  };

  test("hadamard and sylvester, any number of classes", () => {
    for (let features = 1; features <= 20; features++) {
      const order = powerAbove(features);
      for (let classes = 1; classes <= 2 * order; classes++) {
        for (const code of ["hadamard", "sylvester"] as const) check({ features, classes, code });
      }
    }
  });

  test.each([
    [8, [17, 33, 40, 100, 128]],
    [7, [20, 100, 128]],
    [12, [25, 40, 61, 500]],
    [10, [30, 100, 128]],
    [16, [33, 60, 200, 256, 300, 600]],
    [13, [100, 600]],
    [20, [41, 60, 300]],
    [32, [65, 120, 600]],
    [48, [97, 150, 500]],
    [96, [193, 300, 800]],
    [90, [200, 500]],
    [184, [300, 600]],
    [340, [700]],
    [192, [400, 600]],
    [190, [600]],
  ] as const)("hadamard beyond its first block: %d features", (features, counts) => {
    for (const classes of counts) check({ features, classes, seed: classes });
  });

  test("product", () => {
    for (const [features, width] of [
      [2, 2],
      [3, 2],
      [9, 4],
      [16, 4],
      [24, 8],
      [27, 8],
      [40, 16],
      [70, 32],
    ] as const) {
      for (const classes of [1, 2, 5, 40]) {
        if (classes <= (2 * width) ** Math.ceil(features / width))
          check({ features, classes, code: { name: "product", width, seed: classes } });
      }
    }
    const weights = Float32Array.of(1, 1, 1, 1, -1, -1, -1, -1, 1, 1, 1, 1);
    const { code } = create({ features: 4, classes: 3, code: { name: "product", weights } });
    expect(code.coherence).toEqual({ absolute: 1, signed: 1 });
  });

  test("polytopes and learned", () => {
    for (let classes = 1; classes <= 24; classes++) {
      check({ features: 23, classes, code: "simplex" });
      check({ features: 20, classes: 1 + ((classes * 7) % 40), code: "orthoplex" });
      check({ features: 5, classes, code: "cube" });
    }
    const head = create({ features: 6, classes: 4, code: "learned" });
    const x = Float32Array.of(1, 0, 0, 0, 0, 0);
    head.weights?.fill(0);
    for (const [c, sign] of [3, -1, 2, 5].entries())
      head.weights?.set(
        x.map((v) => v * sign),
        6 * c,
      );
    expect(head.code.coherence).toEqual({ absolute: 1, signed: 1 });
    head.weights?.fill(0);
    for (let c = 0; c < 4; c++) head.weights?.set([c + 1], 7 * c);
    expect(head.code.coherence).toEqual({ absolute: 0, signed: 0 });
  });
});

describe("the coherence that is promised", () => {
  test.each([
    ["sylvester", 1664, 1000, 384 / 1664],
    ["sylvester", 1280, 1000, 0.2],
    ["sylvester", 2048, 1000, 0],
    ["hadamard", 1664, 1000, 0],
    ["hadamard", 1280, 1000, 0],
    ["hadamard", 960, 900, 0],
    ["hadamard", 2048, 1000, 0],
    ["hadamard", 384, 50, 0],
    ["hadamard", 2048, 2047, 0],
    ["hadamard", 576, 575, 0],
    ["hadamard", 1536, 1535, 0],
    ["hadamard", 1792, 1791, 0],
    ["hadamard", 344, 687, 0],
    ["hadamard", 11_008, 5000, 0],
    ["hadamard", 1920, 1919, 0],
    ["hadamard", 2560, 2559, 0],
    ["hadamard", 512, 1000, 0],
    ["hadamard", 768, 1000, 0],
    ["hadamard", 768, 1536, 0],
    ["hadamard", 2048, 21_841, 0.03125],
    ["hadamard", 768, 30_522, 0.125],
    ["hadamard", 256, 65_536, 0.0625],
    ["simplex", 11, 12, 1 / 11],
    ["simplex", 1023, 1000, 1 / 1023],
    ["orthoplex", 384, 768, 0],
    ["cube", 8, 256, 0.75],
    ["cube", 1, 2, 0],
  ] as const)("%s, %d features to %d classes: %d", (code, features, classes, known) => {
    const { absolute, signed } = create({ features, classes, code }).code.coherence;
    expect(absolute).toBe(known);
    expect(signed).toBe(code === "simplex" || features === 1 ? -known || -1 : known);
  });

  test("512 to 100,000", () => {
    const { coherence } = create({ features: 512, classes: 100_000 }).code;
    expect(coherence).toEqual({ absolute: 0.0625, signed: 0.0625 });
  });

  test("classes that share a vector have cosine 1", () => {
    const { coherence } = create({ features: 8, classes: 9, code: "sylvester", allowDuplicates: true }).code;
    expect(coherence).toEqual({ absolute: 1, signed: 1 });
  });

  test("rows of orthogonal are random across groups of as many as there are features", () => {
    const { coherence } = create({ features: 16, classes: 40, code: "orthogonal" }).code;
    expect(coherence.absolute).toBeGreaterThan(0.3);
    expect(coherence.absolute).toBeLessThan(1);
  });
});
