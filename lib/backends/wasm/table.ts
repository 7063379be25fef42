import { type HadamardTable, maskWords, SEGMENT_FIELDS } from "../../table.js";
import { LANES } from "../js/sums.js";
import { after } from "./engine.js";
import { factorImage } from "./factor.js";

/** Sizes in bytes of the structures of assembly/table.ts. */
export const HEAD_BYTES = 104;
export const BLOCK_BYTES = 16;
export const SEGMENT_BYTES = 16;

/** What sums are padded to: assembly/sums.ts. */
export const SUM_GROUP = 64;
const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;

/** The head as the kernels read it, at the address it was made for. */
export interface TableImage {
  readonly words: Int32Array;
  /** How many rows the kernels take together. */
  readonly together: number;
  /** The rows of features, whose padding has to be +0. */
  readonly row: number;
  readonly rowBytes: number;
  readonly bias: number;
  readonly biasGradient: number;
  /** Where the arrays of a call may start. */
  readonly end: number;
}

export function tableImage(table: HadamardTable, heapStart: number): TableImage {
  const { features, classes, order, unit, masks } = table;
  const blocks = readBlocks(table);
  const columns = table.columns ?? new Int32Array();
  const factor = table.factor === null ? new Int32Array() : factorImage(table.factor);
  const isSymmetric = table.factor === null || table.factor.transposed === table.factor;
  const transposed = isSymmetric ? new Int32Array() : factorImage(table.factor.transposed);
  const blocksAt = heapStart + HEAD_BYTES;
  const segmentsAt = blocksAt + blocks.length * BLOCK_BYTES;
  const masksAt = segmentsAt + (table.segments.length / SEGMENT_FIELDS) * SEGMENT_BYTES;
  const columnsAt = masksAt + masks.byteLength;
  const factorAt = columnsAt + columns.byteLength;
  const transposedAt = factorAt + factor.byteLength;
  const imageBytes = transposedAt + transposed.byteLength - heapStart;

  const { take, end } = arraysFrom(after(heapStart, imageBytes));
  const longest = Math.max(...blocks.flatMap(({ segments }) => segments.map(([, , , , count]) => count)));
  const row = take(order + SUM_GROUP);
  const t = take(order + SUM_GROUP);
  const u = take(order + SUM_GROUP);
  const z = take(classes);
  const e = take(LANES + longest + SUM_GROUP);
  const bias = take(classes);
  const biasGradient = take(classes);
  const chunk = take(classes);

  const buffer = new ArrayBuffer(Math.ceil(imageBytes / 8) * 8);
  const words = new Int32Array(buffer);
  const wordAt = (address: number): number => (address - heapStart) / words.BYTES_PER_ELEMENT;
  new Float64Array(buffer, 0, 1)[0] = unit;
  const lengths = [Number(true), features, classes, order, blocksAt, blocks.length];
  const scratch = [row, t, u, z, e, biasGradient, chunk];
  const factors = table.factor === null ? [0, 0] : [factorAt, isSymmetric ? factorAt : transposedAt];
  const optional = [...factors, table.columns === null ? 0 : columnsAt];
  words.set([...lengths, ...scratch, ...optional], 2);
  let blockAt = blocksAt;
  let segmentAt = segmentsAt;
  for (const { mask, rows, segments } of blocks) {
    const maskAt = mask === null ? 0 : masksAt + mask * masks.BYTES_PER_ELEMENT;
    words.set([maskAt, rows, segmentAt, segments.length], wordAt(blockAt));
    blockAt += BLOCK_BYTES;
    for (const [, first, sign, firstClass, count] of segments) {
      words.set([first, sign, firstClass, count], wordAt(segmentAt));
      segmentAt += SEGMENT_BYTES;
    }
  }
  words.set(masks, wordAt(masksAt));
  words.set(columns, wordAt(columnsAt));
  words.set(factor, wordAt(factorAt));
  words.set(transposed, wordAt(transposedAt));
  const rowBytes = (order + SUM_GROUP) * FLOAT_BYTES;
  return { words, together: 1, row, rowBytes, bias, biasGradient, end: end() };
}

/** Arrays of floats one behind the other. */
export function arraysFrom(start: number) {
  let next = start;
  return {
    /** The address of one more of this length. */
    take(floats: number): number {
      const address = next;
      next = after(next, floats * FLOAT_BYTES);
      return address;
    },
    /** The first address behind them. */
    end: () => next,
  };
}

/** The fields of a segment: block, first row, sign, first class, number of classes. */
type Segment = [number, number, number, number, number];

interface Block {
  readonly segments: Segment[];
  /** Index of the first word of the mask; null where no feature is negated. */
  readonly mask: number | null;
  rows: number;
}

function readBlocks({ order, masks, segments }: HadamardTable): Block[] {
  const blocks: Block[] = [];
  const words = maskWords(order);
  for (let s = 0; s < segments.length; s += SEGMENT_FIELDS) {
    const segment = [...segments.subarray(s, s + SEGMENT_FIELDS)] as Segment;
    const [index, row, , , count] = segment;
    const mask = index * words;
    const negates = masks.subarray(mask, mask + words).some((word) => word !== 0);
    blocks[index] ??= { segments: [], mask: negates ? mask : null, rows: 0 };
    const block = blocks[index];
    block.segments.push(segment);
    block.rows = Math.max(block.rows, row + count);
  }
  return blocks;
}
