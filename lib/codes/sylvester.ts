import { randomUniform } from "../random.js";
import { type ClassCode, type CodeFactory, hadamardTable, nextPowerOfTwo } from "./code.js";
import { coherence } from "./coherence.js";
import { MAX_ORDER } from "./orders.js";

/**
 * The code of the paper and of its authors' module (`HadamardProj`): the first C rows and N columns of the Sylvester matrix of order
 * 2^⌈log2 max(N, C)⌉, entries ±1, multiplied by −scale.
 */
export const sylvester: CodeFactory = ({ features, classes, allowDuplicates }) => {
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
  const table = hadamardTable(
    { order, base: 1, length: order },
    { features, classes, unit: -1, segments: Int32Array.of(0, 0, 1, 0, classes) },
  );
  const bound = 1 / Math.sqrt(classes);
  return {
    name: "sylvester",
    order,
    blocks: 1,
    table,
    get coherence() {
      return coherence(table);
    },
    initialScale: bound,
    initialBias: (seed) => randomUniform(classes, bound, seed),
  } satisfies ClassCode;
};
