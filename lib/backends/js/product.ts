import { type HeadTable, maskWords, SEGMENT_FIELDS } from "../backend.js";
import { transform } from "./fwht.js";
import { foldLanes, LANES } from "./math.js";
import type { Row } from "./row.js";

const { fround } = Math;

/** Consecutive classes that use consecutive rows of one block with one sign. */
export interface Segment {
  readonly row: number;
  readonly sign: number;
  readonly first: number;
  readonly count: number;
}

/** The product of a row with the class vectors, and its transpose. */
export interface Product {
  /** In the order of the classes. */
  readonly segments: readonly Segment[];
  /** The logits of the row into out[start … start + classes). */
  logits(row: Row, bias: Float32Array | null, out: Float32Array, start: number): void;
  /** u, the gradient of the logits that starts at g[at] times the class vectors. */
  transposed(g: Float32Array, at: number, u: Float32Array): void;
}

export const productOf = (table: HeadTable): Product =>
  table.weights === null ? hadamardProduct(table) : denseProduct(table, table.weights);

interface Block {
  readonly segments: readonly Segment[];
  /** One bit a feature, from the word `mask` on. */
  readonly mask: number;
  /** Rows from here on carry no class. */
  readonly rows: number;
}

/** By the transform of the masked row, block by block. */
function hadamardProduct(table: HeadTable): Product {
  const { features, order, masks, columns } = table;
  const blocks = readBlocks(table);
  const base = table.base === 1 ? undefined : { order: table.base, signs: table.baseSigns };
  // Where features are spread over the matrix, all of it counts.
  const support = columns === null ? features : order;
  const t = new Float32Array(order);

  const negated = (block: Block, i: number): boolean =>
    (((masks[block.mask + (i >> 5)] as number) >>> (i & 31)) & 1) === 1;
  const columnOf = (i: number): number => (columns === null ? i : (columns[i] as number));

  return {
    segments: blocks.flatMap(({ segments }) => segments),

    logits(row, bias, out, start) {
      for (const block of blocks) {
        t.fill(0);
        for (let i = 0; i < features; i++) {
          const v = row.x[i] as number;
          t[columnOf(i)] = negated(block, i) ? -v : v;
        }
        transform(t, 0, order, support, base);
        for (const { row: first, sign, first: c, count } of block.segments) {
          const factor = sign * row.alpha;
          for (let i = 0; i < count; i++) {
            const product = fround(factor * (t[first + i] as number));
            out[start + c + i] = bias === null ? product : product + (bias[c + i] as number);
          }
        }
      }
    },

    transposed(g, at, u) {
      blocks.forEach((block, k) => {
        t.fill(0);
        for (const { row: first, sign, first: c, count } of block.segments) {
          for (let i = 0; i < count; i++) {
            t[first + i] = (t[first + i] as number) + sign * (g[at + c + i] as number);
          }
        }
        // The matrix is symmetric: its transpose is the same transform.
        transform(t, 0, order, block.rows, base);
        for (let i = 0; i < features; i++) {
          const w = t[columnOf(i)] as number;
          const v = negated(block, i) ? -w : w;
          u[i] = k === 0 ? v : (u[i] as number) + v;
        }
      });
    },
  };
}

/** By the matrix itself. */
function denseProduct({ features, classes, normalised }: HeadTable, weights: Float32Array): Product {
  const lanes = new Float32Array(LANES);
  return {
    segments: [{ row: 0, sign: 1, first: 0, count: classes }],

    logits(row, bias, out, start) {
      for (let c = 0; c < classes; c++) {
        for (let i = 0; i < features; i++) {
          const product = fround((weights[c * features + i] as number) * (row.x[i] as number));
          lanes[i % LANES] = (lanes[i % LANES] as number) + product;
        }
        const sum = foldLanes(lanes, features);
        const z = normalised ? fround(row.alpha * sum) : sum;
        out[start + c] = bias === null ? z : z + (bias[c] as number);
      }
    },

    transposed(g, at, u) {
      u.fill(0);
      for (let c = 0; c < classes; c++) {
        for (let i = 0; i < features; i++) {
          u[i] = (u[i] as number) + fround((g[at + c] as number) * (weights[c * features + i] as number));
        }
      }
    },
  };
}

function readBlocks({ order, segments }: HeadTable): Block[] {
  const blocks: { segments: Segment[]; mask: number; rows: number }[] = [];
  for (let s = 0; s < segments.length; s += SEGMENT_FIELDS) {
    const [index, row, sign, first, count] = segments.subarray(s, s + SEGMENT_FIELDS) as unknown as [
      number,
      number,
      number,
      number,
      number,
    ];
    blocks[index] ??= { segments: [], mask: index * maskWords(order), rows: 0 };
    blocks[index].segments.push({ row, sign, first, count });
    blocks[index].rows = Math.max(blocks[index].rows, row + count);
  }
  return blocks;
}
