import { describe, expect, test } from "@jest/globals";
import { FixedClassifier, type FixedClassifierOptions } from "../lib/index.js";
import { reference as js, onEachBackend } from "./backends.js";
import { expectSameBits, largestError } from "./bits.js";
import {
  cubeVectors,
  hadamardVectors,
  orthoplexVectors,
  powerAbove,
  simplexVectors,
  sylvesterVectors,
} from "./definitions.js";
import { rowsOf } from "./heads.js";
import { floats } from "./random.js";
import { entry } from "./reference.js";
import { tableVectors } from "./tables.js";

// Looking up a global is slow in Jest's sandbox.
const { abs, max, sqrt } = Math;

const create = (options: FixedClassifierOptions): FixedClassifier =>
  new FixedClassifier({ backend: js, ...options });

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
    [192, [400, 600]],
    [190, [600]],
  ] as const)("hadamard beyond its first block: %d features", (features, counts) => {
    for (const classes of counts) check({ features, classes, seed: classes });
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

  test("rows of orthogonal are orthonormal, as far as float32 goes", () => {
    for (const [features, classes] of [
      [1, 1],
      [7, 7],
      [64, 40],
      [100, 100],
    ] as const) {
      const { weights } = create({ features, classes, code: "orthogonal", seed: 3 }).code.table;
      const rows = rowsOf(weights as Float32Array, features);
      rows.forEach((a, i) => {
        rows.forEach((b, j) => {
          const product = a.reduce((sum, v, f) => sum + v * (b[f] as number), 0);
          expect(abs(product - (i === j ? 1 : 0))).toBeLessThan(1e-6);
        });
      });
    }
    const { coherence } = create({ features: 16, classes: 40, code: "orthogonal" }).code;
    expect(coherence.absolute).toBeGreaterThan(0.3);
    expect(coherence.absolute).toBeLessThan(1);
  });
});

describe("no two classes share a vector", () => {
  test.each([
    [1, 2],
    [2, 4],
    [3, 8],
    [5, 16],
    [6, 16],
    [7, 128],
    [8, 128],
    [9, 64],
    [12, 512],
    [13, 1024],
    [16, 8192],
    [18, 2 ** 15],
    [28, 5000],
    [56, 10_000],
    [64, 8000],
  ])("%d features, %d classes", (features, classes) => {
    const vectors = tableVectors(create({ features, classes, seed: 9 }).code.table) as Int8Array[];
    expect(new Set(vectors.map((v) => v.join())).size).toBe(classes);
  });
});

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

  test("orthogonal refuses what would take minutes", () => {
    for (const [features, classes, most] of [
      [2048, 20_000, 16_384],
      [16_384, 16_384, 2048],
      [4096, 4097, 4096],
    ] as const) {
      refuse(
        { features, classes, code: "orthogonal" },
        new RegExp(`up to ${most} classes at ${features} features, .* got ${classes}; code "hadamard"`),
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
    const { table, blocks } = create({ features: 512, classes: 1_000_000, bias: false }).code;
    expect(blocks).toBe(977);
    expect(table.masks.byteLength + table.segments.byteLength + table.baseSigns.byteLength).toBeLessThan(
      2 ** 20,
    );
  });
});

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
    ] as const) {
      const vectors = (seed: number): string => {
        const { masks, weights } = create({ ...options, seed }).code.table;
        return (weights ?? masks).join();
      };
      expect(vectors(1)).toBe(vectors(1));
      expect(vectors(1)).not.toBe(vectors(2));
    }
    const of = (seed: number) => create({ features: 64, classes: 4096, seed }).code.table.masks;
    expect(of(1)).toEqual(of(2));
  });

  test("random masks are the same on every machine", () => {
    const masks = (features: number, classes: number, from: number): number[] => [
      ...create({ features, classes, seed: 1 }).code.table.masks.subarray(from),
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

/** Codes with the vectors that their definitions give. */
const definitions: { options: FixedClassifierOptions; vectors: readonly Int8Array[] }[] = [
  ...(
    [
      [1, 2, 1],
      [2, 4, 2],
      [3, 8, 4],
      [8, 128, 8],
      [7, 100, 8],
      [12, 24, 12],
      [11, 20, 12],
      [16, 256, 16],
      [15, 70, 16],
      [20, 40, 20],
      [26, 50, 28],
      [33, 70, 36],
      [50, 104, 52],
      [58, 120, 60],
      [64, 300, 64],
      [96, 500, 96],
      [192, 400, 192],
    ] as const
  ).map(([features, classes, order]) => ({
    options: { features, classes },
    vectors: hadamardVectors(features, classes, order),
  })),
  ...(
    [
      [8, 16],
      [20, 64],
      [100, 130],
    ] as const
  ).map(([features, classes]) => ({
    options: { features, classes, code: "sylvester" as const, allowDuplicates: true },
    vectors: sylvesterVectors(features, classes),
  })),
  ...[1, 3, 7, 11, 23, 31, 35].map((features) => ({
    options: { features, classes: features + 1, code: "simplex" as const },
    vectors: simplexVectors(features, features + 1),
  })),
  ...[1, 2, 12, 16, 40].map((features) => ({
    options: { features, classes: 2 * features, code: "orthoplex" as const },
    vectors: orthoplexVectors(features, 2 * features),
  })),
  ...[1, 2, 5, 8].flatMap((features) =>
    [2 ** features, 2].map((classes) => ({
      options: { features, classes, code: "cube" as const },
      vectors: cubeVectors(features, classes),
    })),
  ),
];

onEachBackend((backend) => {
  /** The class vectors that the head uses, one after another: logits of the unit vectors are their columns. */
  function vectorsOf(options: FixedClassifierOptions): Float32Array {
    const { features, classes } = options;
    const scale = options.code === "learned" ? undefined : { scale: 1 };
    const head = create({ ...options, ...scale, bias: false, backend });
    const identity = new Float32Array(features * features);
    for (let i = 0; i < features; i++) identity[i * features + i] = 1;
    const columns = head.forward(identity);
    const vectors = new Float32Array(columns.length);
    for (let c = 0; c < classes; c++) {
      for (let i = 0; i < features; i++) vectors[c * features + i] = columns[i * classes + c] as number;
    }
    return vectors;
  }

  function check(options: FixedClassifierOptions, definition: readonly Int8Array[]): void {
    const unit = options.code === "sylvester" ? -1 : 1 / sqrt(options.features);
    const got = vectorsOf(options);
    definition.forEach((vector, c) => {
      vector.forEach((v, i) => {
        const error = abs((got[c * vector.length + i] as number) - v * unit);
        if (!(error < 2e-7)) throw new Error(`class ${c}, feature ${i} of ${JSON.stringify(options)}`);
      });
    });
  }

  test("the vectors in use are those of the code", () => {
    for (const { options, vectors } of definitions) check(options, vectors);
    for (const code of ["orthogonal", "learned"] as const) {
      const options = { features: 10, classes: 25, code };
      const { weights } = create(options).code.table;
      expect(largestError(vectorsOf(options), weights as Float32Array)).toBeLessThan(2e-7);
    }
  });

  test("the first classes of a code never change when classes are added", () => {
    for (const [code, features, all] of [
      ["hadamard", 3, 8],
      ["hadamard", 8, 128],
      ["hadamard", 12, 300],
      ["hadamard", 16, 400],
      ["hadamard", 96, 800],
      ["simplex", 11, 12],
      ["orthoplex", 12, 24],
      ["cube", 5, 32],
      ["orthogonal", 9, 30],
      ["learned", 9, 30],
    ] as const) {
      const vectors = vectorsOf({ features, classes: all, code });
      for (let classes = 1; classes < all; classes += 1 + Math.floor(all / 20)) {
        const some = vectorsOf({ features, classes, code });
        expectSameBits(some, vectors.subarray(0, some.length), `${code}, ${features} features`);
      }
    }
  });

  test("sylvester is the authors' module: −scale · H[:C, :N] · x / (‖x‖ + 1e-8) + bias", () => {
    for (const [features, classes] of [
      [16, 10],
      [10, 16],
      [512, 100],
      [640, 1000],
    ] as const) {
      for (const scale of [0.3, -2]) {
        const head = create({ features, classes, code: "sylvester", scale, backend });
        const x = floats(features, features);
        const norm = Math.sqrt(x.reduce((sum, v) => sum + v * v, 0)) + 1e-8;
        const expected = Float64Array.from({ length: classes }, (_, c) => {
          const product = x.reduce((sum, v, i) => sum + entry(c, i) * (v / norm), 0);
          return -Math.fround(scale) * product + ((head.bias as Float32Array)[c] as number);
        });
        expect(largestError(head.forward(x), expected)).toBeLessThan(1e-5);
      }
    }
  });

  test("ε = 1e-8 counts for rows of that length", () => {
    for (const code of ["hadamard", "sylvester"] as const) {
      const head = create({ features: 4, classes: 3, code, bias: false, scale: 1, backend });
      const x = Float32Array.of(1e-8, 0, 0, 0);
      const unit = code === "sylvester" ? -1 : 0.5;
      expect(Math.abs(head.forward(x)[0] as number)).toBeCloseTo(Math.abs(unit) / 2, 6);
    }
  });
});
