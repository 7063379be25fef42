import { orderAbove } from "../hadamard/orders.js";
import { type HadamardTable, maskWords } from "../table.js";
import { type Assignment, assignmentOption, assignVectors } from "./assignment.js";
import { MAX_CLASSES, once, scaleOf99Percent } from "./code.js";
import { defineCode, seedOption } from "./code-options.js";
import { hadamardCode, hadamardTable } from "./hadamard-table.js";
import { blockMasks, structuredBlocks } from "./masks.js";
import { certainVectors, firstVectors } from "./runs.js";

/**
 * Options of the code "hadamard".
 *
 * @group Options of codes and losses
 */
export interface HadamardOptions {
  /** Seed of the masks that are drawn at random, an unsigned 32-bit integer. Default 0. */
  seed?: number;
  /**
   * Which vector of the code each class has: different numbers, counted in the order of docs/codes.md. Classes behind the end of the
   * list have the lowest vectors that are left. Default, and null: class c has vector c.
   */
  assignment?: readonly number[] | Int32Array | null;
}

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
export const hadamard = /* @__PURE__ */ defineCode<HadamardOptions, { seed: number; assignment: Assignment }>(
  "hadamard",
  1,
  {
    seed: seedOption,
    assignment: /* @__PURE__ */ assignmentOption((features) => Math.min(limit(features), MAX_CLASSES)),
  },
  ({ features, classes }, options) => {
    const { seed, assignment } = options;
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
    const layout = (): Layout => layVectors(matrix.order, classes, assignment);
    return hadamardCode(
      {
        name: "hadamard",
        options,
        order: matrix.order,
        initialScale: scaleOf99Percent(classes),
        initialBias: () => new Float32Array(classes),
      },
      once(() => layout().blocks.length),
      () => {
        const { blocks, segments, places } = layout();
        const all = blockMasks(matrix, features, (blocks[blocks.length - 1] as number) + 1, seed);
        const words = maskWords(matrix.order);
        const masks = blocks.length * words === all.length ? all : chosenBlocks(all, blocks, words);
        return hadamardTable(matrix, { features, classes, segments, masks, places });
      },
    );
  },
);

/** The blocks in use, and where in them the vectors of the classes are. */
interface Layout extends Pick<HadamardTable, "segments" | "places"> {
  readonly blocks: readonly number[];
}

function layVectors(order: number, classes: number, assignment: Assignment): Layout {
  const assigned = assignment && assignVectors(assignment, classes);
  const used = assigned === null ? firstVectors(order, classes) : certainVectors(order, assigned.vectors);
  const segments: number[] = [];
  const blocks: number[] = [];
  let first = 0;
  for (const { block, row, sign, rows } of used) {
    if (rows === 0) continue;
    if (blocks[blocks.length - 1] !== block) blocks.push(block);
    segments.push(blocks.length - 1, row, sign, first, rows);
    first += rows;
  }
  return { blocks, segments: new Int32Array(segments), places: assigned?.places ?? null };
}

/** The masks of some blocks, of so many words each. */
function chosenBlocks(masks: Uint32Array, blocks: readonly number[], words: number): Uint32Array {
  const chosen = new Uint32Array(blocks.length * words);
  blocks.forEach((block, k) => {
    chosen.set(masks.subarray(block * words, (block + 1) * words), k * words);
  });
  return chosen;
}
