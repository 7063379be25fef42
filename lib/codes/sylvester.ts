import { MAX_ORDER } from "../hadamard/orders.js";
import { randomUniform } from "../random.js";
import { nextPowerOfTwo } from "./code.js";
import { defineCode, flagOption, seedOption } from "./code-options.js";
import { hadamardCode, hadamardTable } from "./hadamard-table.js";

/**
 * Options of the code "sylvester".
 *
 * @group Options of codes and losses
 */
export interface SylvesterOptions {
  /** Seed of the initial bias, an unsigned 32-bit integer. Default 0. */
  seed?: number;
  /** Accept classes that share a vector, where there are more classes than the order has rows. Default false. */
  allowDuplicates?: boolean;
}

/**
 * The code of the paper and of its authors' module (`HadamardProj`): the first C rows and N columns of the Sylvester matrix of order
 * 2^⌈log2 max(N, C)⌉, entries ±1, multiplied by −scale.
 */
export const sylvester = /* @__PURE__ */ defineCode<SylvesterOptions, Required<SylvesterOptions>>(
  "sylvester",
  1,
  { seed: seedOption, allowDuplicates: /* @__PURE__ */ flagOption(false) },
  ({ features, classes }, options) => {
    const { seed, allowDuplicates } = options;
    const distinct = nextPowerOfTwo(features);
    if (classes > distinct && !allowDuplicates) {
      throw new RangeError(
        `code "sylvester" has ${distinct} different vectors at ${features} features: of ${classes} classes, ` +
          `${classes - distinct} would repeat the vector of another and never be told from it; use code "hadamard", ` +
          `at least ${nextPowerOfTwo(classes)} features, or allowDuplicates: true`,
      );
    }
    const order = nextPowerOfTwo(Math.max(features, classes));
    if (order > MAX_ORDER) {
      throw new RangeError(`code "sylvester" takes up to ${MAX_ORDER} classes, got ${classes}`);
    }
    const bound = 1 / Math.sqrt(classes);
    return hadamardCode(
      {
        name: "sylvester",
        options,
        order,
        initialScale: bound,
        initialBias: () => randomUniform(classes, bound, seed),
      },
      () => 1,
      () =>
        hadamardTable(
          { order, factorOrder: 1, length: order },
          { features, classes, unit: -1, segments: Int32Array.of(0, 0, 1, 0, classes) },
        ),
    );
  },
);
