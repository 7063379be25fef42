import { Problem } from "fixed-classifier-models/files";
import type { Batch, FeatureRows } from "./scorer.js";

export type NumberType = "f16" | "f32" | "f64";

export const BYTES: Readonly<Record<NumberType, number>> = { f16: 2, f32: 4, f64: 8 };

/** Where the features of a batch are: which rows have some, and the element at which each row's start. */
export interface RowPlan {
  readonly rows: number;
  /** 1 for a row with features, 0 for a null one; null when all have some. */
  readonly valid: Uint8Array | null;
  readonly width: number;
  startOf(row: number): number;
}

/** So many bytes of features are scored at once: they stay in the cache, and what is copied of them stays small. */
const CHUNK_BYTES = 2 ** 20;

/** A part of the rows, and the elements among which theirs are. */
export interface Chunk {
  readonly first: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

/** The rows in parts. Elements between rows that are null at both ends of a part are left out. */
export function* chunksOf(plan: RowPlan, type: NumberType): Generator<Chunk> {
  const { rows, valid, width, startOf } = plan;
  const many = Math.max(1, Math.floor(CHUNK_BYTES / (width * BYTES[type])));
  for (let first = 0; first < rows; ) {
    while (first < rows && valid !== null && valid[first] === 0) first++;
    if (first === rows) return;
    const from = startOf(first);
    let last = first;
    for (let r = first + 1; r < rows && r - first < many; r++) {
      if (valid !== null && valid[r] === 0) continue;
      // A null row may have any number of elements.
      if (startOf(r) - from > 2 * many * width) break;
      last = r;
    }
    yield { first, end: last + 1, from, to: startOf(last) + width };
    first = last + 1;
  }
}

/** Makes features of the bytes of a chunk's elements, and scores them. */
export class ChunkScorer {
  #scratch = new Float32Array(0);
  #halves = new Uint16Array(0);

  add(
    plan: RowPlan,
    { first, end, from, to }: Chunk,
    type: NumberType,
    bytes: Uint8Array,
    batch: Batch,
  ): void {
    const { valid, width, startOf } = plan;
    const values = numbersOf(type, bytes);
    let count = 0;
    for (let r = first; r < end; r++) count += valid === null ? 1 : valid[r];
    if (values instanceof Float64Array || count * width !== to - from) {
      const out = this.#room(type, count * width);
      let at = 0;
      for (let r = first; r < end; r++) {
        if (valid !== null && valid[r] === 0) continue;
        const start = startOf(r) - from;
        out.set(values.subarray(start, start + width), at);
        at += width;
      }
      batch.add(out);
    } else batch.add(values);
  }

  #room(type: NumberType, length: number): FeatureRows {
    if (type === "f16") {
      if (this.#halves.length < length) this.#halves = new Uint16Array(length);
      return this.#halves.subarray(0, length);
    }
    if (this.#scratch.length < length) this.#scratch = new Float32Array(length);
    return this.#scratch.subarray(0, length);
  }
}

function numbersOf(type: NumberType, bytes: Uint8Array): Uint16Array | Float32Array | Float64Array {
  const size = BYTES[type];
  const { buffer, byteOffset, byteLength } = byteAligned(bytes, size);
  const length = byteLength / size;
  if (type === "f16") return new Uint16Array(buffer as ArrayBuffer, byteOffset, length);
  if (type === "f32") return new Float32Array(buffer as ArrayBuffer, byteOffset, length);
  return new Float64Array(buffer as ArrayBuffer, byteOffset, length);
}

const byteAligned = (bytes: Uint8Array, size: number): Uint8Array =>
  bytes.byteOffset % size === 0 ? bytes : bytes.slice();

/** What is said of a row of another width. */
export function wrongWidth(
  table: string,
  column: string,
  row: number,
  found: number,
  width: number,
): Problem {
  return new Problem(
    `${table}: row ${row} of the column "${column}" has ${found} numbers, but the head takes ${width}; make it null, or leave it out`,
  );
}
