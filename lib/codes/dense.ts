/** Codes that keep their class vectors. */

import { randomUniform } from "../random.js";
import type { DenseTable } from "../table.js";
import { type ClassCode, type HeadShape, LazyCode, once, scaleOf99Percent } from "./code.js";
import { defineCode, seedOption } from "./code-options.js";
import { matrixCoherence } from "./matrix-coherence.js";
import { orthonormalMatrices } from "./orthonormal.js";

/**
 * Options of the codes "orthogonal" and "learned".
 *
 * @group Options of codes and losses
 */
export interface SeedOptions {
  /** Seed of the vectors, those of "learned" where they start: an unsigned 32-bit integer. Default 0. */
  seed?: number;
}

/** The most entries of a matrix: 1 GiB. */
const MAX_ENTRIES = 2 ** 28;

function checkSize(name: string, features: number, classes: number): void {
  if (features * classes <= MAX_ENTRIES) return;
  throw new RangeError(
    `code "${name}" keeps a matrix of classes × features, at most ${MAX_ENTRIES} entries, got ${classes} × ${features}; ` +
      `at ${features} features it takes up to ${Math.floor(MAX_ENTRIES / features)} classes, code "hadamard" keeps none`,
  );
}

function storedCode(
  code: Pick<ClassCode, "name" | "options" | "normalised" | "initialScale">,
  { features, classes }: HeadShape,
  makeWeights: () => Float32Array,
): ClassCode {
  const table = once(
    (): DenseTable => ({
      kind: "dense",
      features,
      classes,
      weights: makeWeights(),
      normalised: code.normalised,
    }),
  );
  const plain = { order: 0, initialBias: () => new Float32Array(classes), ...code };
  return new LazyCode(plain, { blocks: () => 0, table, coherence: () => matrixCoherence(rowsOf(table())) });
}

/** Random orthonormal rows, the first fixed classifier of the paper; N rows at a time, where there are more classes than features. */
export const orthogonal = /* @__PURE__ */ defineCode<SeedOptions, Required<SeedOptions>>(
  "orthogonal",
  1,
  { seed: seedOption },
  ({ features, classes }, options) => {
    const { seed } = options;
    checkSize("orthogonal", features, classes);
    const code = { name: "orthogonal", options, normalised: true, initialScale: scaleOf99Percent(classes) };
    return storedCode(code, { features, classes }, () => {
      const weights = new Float32Array(classes * features);
      const write = orthonormalMatrices(features, seed);
      const entries = features * features;
      for (let i = 0; i * entries < weights.length; i++) {
        write(i, weights.subarray(i * entries, (i + 1) * entries));
      }
      return weights;
    });
  },
);

/** An ordinary dense layer, the baseline of every comparison: every entry is learned, rows are not normalised. */
export const learned = /* @__PURE__ */ defineCode<SeedOptions, Required<SeedOptions>>(
  "learned",
  1,
  { seed: seedOption },
  ({ features, classes }, options) => {
    const { seed } = options;
    checkSize("learned", features, classes);
    const code = { name: "learned", options, normalised: false, initialScale: 1 };
    return storedCode(code, { features, classes }, () =>
      randomUniform(classes * features, 1 / Math.sqrt(features), seed),
    );
  },
);

function* rowsOf({ features, classes, weights }: DenseTable): Generator<Float32Array> {
  for (let c = 0; c < classes; c++) yield weights.subarray(c * features, (c + 1) * features);
}
