import { type HeadTable, maskWords } from "../backends/backend.js";
import { type ClassCode, type CodeFactory, nextPowerOfTwo } from "./code.js";
import { coherence } from "./coherence.js";

/**
 * The default code. Order M is the power of two ≥ N; classes take the rows 1 … M − 1, then the same rows with a minus sign, and the
 * row of ones, an extreme for every input without negative features, comes last. Every class keeps its vector when C grows.
 */
export const hadamard: CodeFactory = ({ features, classes }) => {
  const order = nextPowerOfTwo(features);
  const limit = 2 * order;
  if (classes > limit) {
    throw new RangeError(
      `code "hadamard" has vectors for ${limit} classes at ${features} features, got ${classes} classes; ` +
        `use at least ${nextPowerOfTwo(classes) / 2} features`,
    );
  }
  const segments: number[] = [];
  let first = 0;
  const use = (row: number, sign: number, rows: number): void => {
    const count = Math.min(rows, classes - first);
    if (count > 0) segments.push(0, row, sign, first, count);
    first += Math.max(count, 0);
  };
  use(1, 1, order - 1);
  use(1, -1, order - 1);
  use(0, 1, 1);
  use(0, -1, 1);
  const table: HeadTable = {
    features,
    classes,
    order,
    unit: 1 / Math.sqrt(features),
    masks: new Uint32Array(maskWords(order)),
    segments: Int32Array.from(segments),
  };
  return {
    name: "hadamard",
    order,
    blocks: 1,
    table,
    get coherence() {
      return coherence(table);
    },
    // With this scale a row that fits its class vector exactly has 99 % of the probability.
    initialScale: Math.log(99 * Math.max(classes - 1, 1)),
    initialBias: () => new Float32Array(classes),
  } satisfies ClassCode;
};
