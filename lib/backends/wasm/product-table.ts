import { GROUP, type SignedRows, signedRows } from "../../hadamard/signed-rows.js";
import { PRODUCT_SEGMENT, type ProductTable } from "../../table.js";
import { LANES } from "../js/sums.js";
import { after } from "./engine.js";
import { arraysFrom, BLOCK_BYTES, HEAD_BYTES, SEGMENT_BYTES, SUM_GROUP, type TableImage } from "./table.js";

/** As many as a vector has lanes; in the baseline one row is taken at a time, and less memory needed. */
const TOGETHER = 4;
/** Two classes have a byte a sub-vector up to this width. */
const NARROW_WIDTH = 8;
/** Floats that the entries of two classes need, by those of one. */
const BY_PAIR = 32;
/** A table of pairs is 4 MiB at most. */
const MOST_PAIRED = 2 ** 14;
const BYTES = 4;

/** The head as the kernels read it, at the address it was made for. */
export function productImage(table: ProductTable, heapStart: number): TableImage {
  const { features, classes, width, unit, stages, magnitudes, normalised } = table;
  const rows = signedRows(features, width, stages);
  const order = rows.count * width;
  const narrow = width <= NARROW_WIDTH;
  // The table of pairs has the square of what a sub-vector has for one class: for fewer classes it takes longer to make than it saves.
  const paired = narrow && classes > 4 * width * width && order <= MOST_PAIRED;
  const blocks = Math.ceil(classes / PRODUCT_SEGMENT);
  const longest = Math.min(PRODUCT_SEGMENT, Math.ceil(classes / GROUP) * GROUP);
  const blocksAt = heapStart + HEAD_BYTES;
  const segmentsAt = blocksAt + blocks * BLOCK_BYTES;
  const packedAt = segmentsAt + blocks * SEGMENT_BYTES;
  const packed = repack(table, rows, narrow);
  const magnitudesAt = Math.ceil((packedAt + packed.length) / BYTES) * BYTES;
  const imageBytes = magnitudesAt + (magnitudes?.byteLength ?? 0) - heapStart;

  const { take, end } = arraysFrom(after(heapStart, imageBytes));
  const row = take(TOGETHER * (order + SUM_GROUP));
  const t = take(longest);
  const u = take(order + SUM_GROUP);
  const z = take(TOGETHER * (classes + SUM_GROUP));
  const e = take(LANES + longest + SUM_GROUP);
  const bias = take(classes);
  const biasGradient = take(classes);
  const chunk = take(classes);
  const entries = take(2 * order * (paired ? BY_PAIR : TOGETHER));
  const side = take(TOGETHER * order + 2 * width);
  const products = take(TOGETHER * longest);

  const buffer = new ArrayBuffer(Math.ceil(imageBytes / 8) * 8);
  const words = new Int32Array(buffer);
  new Float64Array(buffer, 0, 1)[0] = unit;
  const lengths = [Number(normalised), features, classes, order, blocksAt, blocks];
  const scratch = [row, t, u, z, e, biasGradient, chunk];
  const vectors = [packedAt, Number(paired), width, stages, magnitudes === null ? 0 : magnitudesAt];
  const signed = [...vectors, entries, side, products];
  words.set([...lengths, ...scratch, 0, 0, 0, ...signed], 2);
  for (let k = 0; k < blocks; k++) {
    const first = k * PRODUCT_SEGMENT;
    const count = Math.min(PRODUCT_SEGMENT, classes - first);
    const segmentAt = segmentsAt + k * SEGMENT_BYTES;
    words.set([0, count, segmentAt, 1], (blocksAt + k * BLOCK_BYTES - heapStart) / BYTES);
    words.set([0, 1, first, count], (segmentAt - heapStart) / BYTES);
  }
  new Uint8Array(buffer).set(packed, packedAt - heapStart);
  if (magnitudes !== null) new Float32Array(buffer).set(magnitudes, (magnitudesAt - heapStart) / BYTES);
  const rowBytes = TOGETHER * (order + SUM_GROUP) * BYTES;
  return { words, together: TOGETHER, row, rowBytes, bias, biasGradient, end: end() };
}

/** The stages of all groups as the kernels read them: sub-vector by sub-vector the rows of the classes, two in a byte where they are narrow. */
function repack(
  { width, packed }: ProductTable,
  { count, bits, perWord, words }: SignedRows,
  narrow: boolean,
): Uint8Array {
  const stages = packed.length / (words * GROUP);
  const bytes = narrow ? GROUP / 2 : GROUP;
  const out = new Uint8Array(stages * count * bytes);
  const step = GROUP / bytes;
  // The sign is the highest bit of a field, and here the one behind the row.
  const shift = bits - 1 - Math.log2(width);
  const field = (word: number): number => (word & (width - 1)) | ((word >>> shift) & width);
  let at = 0;
  for (let stage = 0; stage < stages; stage++) {
    for (let j = 0; j < count; j++) {
      const from = (stage * words + Math.floor(j / perWord)) * GROUP;
      const down = (j % perWord) * bits;
      for (let c = from; c < from + GROUP; c += step) {
        const first = field((packed[c] as number) >>> down);
        out[at++] = narrow ? first | (field((packed[c + 1] as number) >>> down) << 4) : first;
      }
    }
  }
  return out;
}
