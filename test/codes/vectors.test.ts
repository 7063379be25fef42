import { expect, test } from "@jest/globals";
import { FixedClassifier, type FixedClassifierOptions } from "../../lib/index.js";
import { onEachBackend } from "../support/backends.js";
import { expectSameBits, largestError } from "../support/bits.js";
import {
  cubeVectors,
  hadamardVectors,
  orthoplexVectors,
  simplexVectors,
  sylvesterVectors,
} from "../support/definitions.js";
import { createOnJs as create } from "../support/heads.js";
import { denseTableOf } from "../support/tables.js";

// Looking up a global is slow in Jest's sandbox.
const { abs, sqrt } = Math;

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
      [92, 184, 92],
      [90, 100, 92],
      [96, 500, 96],
      [183, 200, 184],
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
  ...[1, 3, 7, 11, 23, 31, 35, 91].map((features) => ({
    options: { features, classes: features + 1, code: "simplex" as const },
    vectors: simplexVectors(features, features + 1),
  })),
  ...[1, 2, 12, 16, 40, 92].map((features) => ({
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
    const head = new FixedClassifier({ ...options, ...scale, bias: false, backend });
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
      const { weights } = denseTableOf(create(options));
      expect(largestError(vectorsOf(options), weights)).toBeLessThan(2e-7);
    }
  });

  test("the first classes of a code never change when classes are added", () => {
    for (const [code, features, all] of [
      ["hadamard", 3, 8],
      ["hadamard", 8, 128],
      ["hadamard", 12, 300],
      ["hadamard", 16, 400],
      ["hadamard", 92, 300],
      ["hadamard", 96, 800],
      ["simplex", 11, 12],
      ["orthoplex", 12, 24],
      ["cube", 5, 32],
      ["orthogonal", 9, 30],
      ["orthogonal", 40, 100],
      ["learned", 9, 30],
    ] as const) {
      const vectors = vectorsOf({ features, classes: all, code });
      for (let classes = 1; classes < all; classes += 1 + Math.floor(all / 20)) {
        const some = vectorsOf({ features, classes, code });
        expectSameBits(some, vectors.subarray(0, some.length), `${code}, ${features} features`);
      }
    }
  });
});
