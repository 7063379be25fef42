import { type HadamardTable, maskWords, SEGMENT_FIELDS } from "../../table.js";

/** Consecutive classes that use consecutive rows of one block with one sign. */
export interface Segment {
  readonly row: number;
  readonly sign: number;
  readonly first: number;
  readonly count: number;
}

export interface Block {
  readonly segments: readonly Segment[];
  /** Its signs are one bit a feature, from this word on. */
  readonly mask: number;
  /** Rows from here on carry no class. */
  readonly rows: number;
}

export function readBlocks({ order, segments }: HadamardTable): Block[] {
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
