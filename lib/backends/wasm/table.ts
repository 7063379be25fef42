import { type HadamardTable, maskWords, SEGMENT_FIELDS } from "../../table.js";
import { after } from "./engine.js";
import { factorImage } from "./factor.js";

/** Sizes in bytes of the structures of assembly/table.ts. */
const HEAD = 64;
const BLOCK = 16;
const SEGMENT = 16;

const LANES = 256;
const SUM_GROUP = 64;
const FLOAT = Float32Array.BYTES_PER_ELEMENT;

/** The head as the kernels read it, at the address it was made for. */
export interface TableImage {
  readonly words: Int32Array;
  /** The row of features, whose padding has to be +0. */
  readonly row: number;
  readonly rowBytes: number;
  readonly bias: number;
  readonly biasGradient: number;
  /** Where the arrays of a call may start. */
  readonly end: number;
}

export function tableImage(table: HadamardTable, heapStart: number): TableImage {
  const { features, classes, order, unit } = table;
  const blocks = readBlocks(table);
  const longest = Math.max(...blocks.flatMap(({ segments }) => segments.map(([, , , , count]) => count)));
  const segmentsAt = heapStart + HEAD + 8 + blocks.length * BLOCK;
  const segmentCount = table.segments.length / SEGMENT_FIELDS;
  const masksAt = segmentsAt + segmentCount * SEGMENT;
  const columnsAt = masksAt + table.masks.byteLength;
  const columns = table.columns ?? new Int32Array();
  const matrixAt = columnsAt + columns.byteLength;
  const matrix = table.factor === null ? new Int32Array() : factorImage(table.factor);
  const imageBytes = matrixAt + matrix.byteLength - heapStart;

  let next = after(heapStart, imageBytes);
  const take = (floats: number): number => {
    const address = next;
    next = after(next, floats * FLOAT);
    return address;
  };
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
  new Float64Array(buffer, 0, 1)[0] = unit;
  words.set(
    [
      ...[
        features,
        classes,
        order,
        heapStart + HEAD + 8,
        blocks.length,
        row,
        t,
        u,
        z,
        e,
        biasGradient,
        chunk,
      ],
      ...[table.factor === null ? 0 : matrixAt, table.columns === null ? 0 : columnsAt],
    ],
    2,
  );
  let blockWord = (HEAD + 8) / 4;
  let segmentWord = (segmentsAt - heapStart) / 4;
  for (const { mask, rows, segments } of blocks) {
    const address = heapStart + segmentWord * 4;
    words.set([mask === null ? 0 : masksAt + mask * 4, rows, address, segments.length], blockWord);
    blockWord += BLOCK / 4;
    for (const [, first, sign, firstClass, count] of segments) {
      words.set([first, sign, firstClass, count], segmentWord);
      segmentWord += SEGMENT / 4;
    }
  }
  words.set(table.masks, (masksAt - heapStart) / 4);
  words.set(columns, (columnsAt - heapStart) / 4);
  words.set(matrix, (matrixAt - heapStart) / 4);
  return { words, row, rowBytes: (order + SUM_GROUP) * FLOAT, bias, biasGradient, end: next };
}

/** Block, first row, sign, first class, number of classes. */
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
