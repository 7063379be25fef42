import { type ClassCode, type CodeFactory, hadamardTable, SegmentList, scaleOf99Percent } from "./code.js";
import { coherence } from "./coherence.js";
import { blockMasks, structuredBlocks } from "./masks.js";
import { orderAbove } from "./orders.js";

/** Random blocks fill at most this part of the 2^N vectors there are, so that one without a collision is soon found. */
const SPARSE = 1 / 8;

/** The most classes that have different vectors. */
function limit(features: number): number {
  const matrix = orderAbove(features);
  return Math.max(structuredBlocks(matrix, features) * 2 * matrix.order, 2 ** features * SPARSE);
}

/**
 * The default code. Order M is the smallest known one ≥ N. Classes take the rows 1 … M − 1, then the same rows with a minus sign,
 * then the row of ones, an extreme for every input without negative features, and its opposite; so they are orthogonal while C < M and
 * no cosine is positive while C ≤ 2M. Further classes take all rows, then all with a minus sign, behind one sign mask after
 * another: those of Kerdock or Gold codes, then random ones. Every class keeps its vector when C grows.
 */
export const hadamard: CodeFactory = ({ features, classes, seed }) => {
  const most = limit(features);
  if (classes > most) {
    let enough = features;
    while (limit(enough) < classes) enough++;
    throw new RangeError(
      `code "hadamard" has vectors for ${most} classes at ${features} features, got ${classes} classes; ` +
        `use at least ${enough} features`,
    );
  }
  const matrix = orderAbove(features);
  const { order } = matrix;
  const segments = new SegmentList(classes);
  segments.add(0, 1, 1, order - 1);
  segments.add(0, 1, -1, order - 1);
  segments.add(0, 0, 1, 1);
  segments.add(0, 0, -1, 1);
  const blocks = Math.ceil(classes / (2 * order));
  for (let block = 1; block < blocks; block++) {
    segments.add(block, 0, 1, order);
    segments.add(block, 0, -1, order);
  }
  const table = hadamardTable(matrix, {
    features,
    classes,
    segments: segments.toTable(),
    masks: blockMasks(matrix, features, blocks, seed),
  });
  return {
    name: "hadamard",
    order,
    blocks,
    table,
    get coherence() {
      return coherence(table);
    },
    initialScale: scaleOf99Percent(classes),
    initialBias: () => new Float32Array(classes),
  } satisfies ClassCode;
};
