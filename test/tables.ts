/** Head tables with several blocks, masks and segments, as class codes of many classes make them. */

import { type HeadTable, maskWords, SEGMENT_FIELDS } from "../lib/backends/backend.js";
import { generator } from "./random.js";

/** A table from a seed: rows overlap within a block, signs differ, and mask bits beyond the features are noise. */
export function randomTable(features: number, order: number, blocks: number, seed: number): HeadTable {
  const random = generator(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const segments: number[] = [];
  let classes = 0;
  for (let block = 0; block < blocks; block++) {
    const parts = 1 + below(4);
    for (let part = 0; part < parts; part++) {
      const row = random() < 0.3 ? 0 : below(order);
      const count = random() < 0.3 ? order - row : 1 + below(order - row);
      segments.push(block, row, random() < 0.5 ? 1 : -1, classes, count);
      classes += count;
    }
  }
  return {
    features,
    classes,
    order,
    unit: 1 / Math.sqrt(features),
    masks: new Uint32Array(blocks * maskWords(order)).map(() => below(2 ** 32)),
    segments: Int32Array.from(segments),
  };
}

/** The ±1 vectors that a table describes. */
export function tableVectors(
  { features, classes, order, masks, segments }: HeadTable,
  entry: (i: number, j: number) => number,
): Int8Array[] {
  const vectors = new Array<Int8Array>(classes);
  for (let s = 0; s < segments.length; s += SEGMENT_FIELDS) {
    const [block, row, sign, first, count] = segments.subarray(s, s + SEGMENT_FIELDS) as unknown as number[];
    for (let i = 0; i < (count as number); i++) {
      vectors[(first as number) + i] = Int8Array.from({ length: features }, (_, f) => {
        const word = masks[(block as number) * maskWords(order) + Math.floor(f / 32)] as number;
        const mask = (word >>> (f % 32)) & 1 ? -1 : 1;
        return (sign as number) * mask * entry((row as number) + i, f);
      });
    }
  }
  return vectors;
}
