import { BYTES, type RowPlan, wrongWidth } from "../rows.js";
import type { BatchHead } from "./batch.js";
import type { FeatureField } from "./fields.js";
import { damaged } from "./problem.js";

/** Where the buffers of a batch's column of features are, in the order of its layout. */
export interface FeatureBuffers {
  readonly validity: number;
  readonly offsets: number | undefined;
  readonly childValidity: number;
  readonly values: number;
}

export function featureBuffers({ place, list }: FeatureField): FeatureBuffers {
  const at = place.buffer;
  return list === "fixed"
    ? { validity: at, offsets: undefined, childValidity: at + 1, values: at + 2 }
    : { validity: at, offsets: at + 1, childValidity: at + 2, values: at + 3 };
}

/** Finds the rows' features by the buffers that are not the numbers themselves. `before` rows came in earlier batches. */
export function planOf(
  table: string,
  feature: FeatureField,
  head: BatchHead,
  width: number,
  before: number,
  buffers: {
    readonly validity: Uint8Array;
    readonly offsets: Uint8Array;
    readonly childValidity: Uint8Array;
    readonly valueBytes: number;
  },
): RowPlan {
  const { rows } = head;
  const { place, list, number } = feature;
  const column = head.node(place.node);
  const child = head.node(place.node + 1);
  if (column.length !== rows) {
    throw damaged(table, `the column "${place.name}" has ${column.length} rows in a batch of ${rows}`);
  }
  let valid = validOf(table, place.name, buffers.validity, rows, column.nulls);
  const elements = buffers.valueBytes / BYTES[number];
  let startOf = (row: number): number => row * width;
  if (list !== "fixed") {
    const offsets = offsetsOf(table, place.name, buffers.offsets, rows, list === "large");
    startOf = (row) => offsets[row];
    for (let r = 0; r < rows; r++) {
      const length = offsets[r + 1] - offsets[r];
      if (length < 0 || offsets[r] < 0)
        throw damaged(table, `the lists of the column "${place.name}" overlap`);
      if (length !== width && (valid === null || valid[r] === 1)) {
        throw wrongWidth(table, place.name, before + r + 1, length, width);
      }
    }
  }
  // The last rows may be null and have no elements: some writers leave these out.
  for (let r = rows - 1; r >= 0; r--) {
    if (valid !== null && valid[r] === 0) continue;
    if (startOf(r) + width > elements) {
      throw damaged(table, `the column "${place.name}" has fewer numbers than its rows need`);
    }
    break;
  }
  if (child.nulls > 0) {
    const { childValidity } = buffers;
    if (childValidity.length * 8 < Math.min(child.length, elements)) {
      throw damaged(table, `the column "${place.name}" has nulls among its numbers, but does not say where`);
    }
    valid ??= new Uint8Array(rows).fill(1);
    for (let r = 0; r < rows; r++) {
      if (valid[r] === 1 && !allSet(childValidity, startOf(r), width)) valid[r] = 0;
    }
  }
  return { rows, valid, width, startOf };
}

/** One byte a row from one bit a row; null when there are no nulls. */
function validOf(
  table: string,
  column: string,
  bits: Uint8Array,
  rows: number,
  nulls: number,
): Uint8Array | null {
  if (nulls === 0) return null;
  if (bits.length * 8 < rows)
    throw damaged(table, `the column "${column}" has nulls, but does not say where`);
  const valid = new Uint8Array(rows);
  for (let r = 0; r < rows; r++) valid[r] = (bits[r >>> 3] >>> (r & 7)) & 1;
  return valid;
}

function allSet(bits: Uint8Array, from: number, count: number): boolean {
  for (let k = from; k < from + count; k++) if (((bits[k >>> 3] >>> (k & 7)) & 1) === 0) return false;
  return true;
}

function offsetsOf(
  table: string,
  column: string,
  bytes: Uint8Array,
  rows: number,
  isLarge: boolean,
): Int32Array | Float64Array {
  const size = isLarge ? 8 : 4;
  // A batch without rows may have no offsets.
  if (rows === 0) return new Int32Array(1);
  if (bytes.length < (rows + 1) * size) {
    throw damaged(table, `the column "${column}" has fewer lists than rows`);
  }
  const { buffer } = bytes.slice(0, (rows + 1) * size);
  return isLarge ? Float64Array.from(new BigInt64Array(buffer), Number) : new Int32Array(buffer);
}
