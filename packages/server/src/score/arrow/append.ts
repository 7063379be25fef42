import type { LabelBytes } from "../labels.js";
import type { Added, Quantity } from "../quantities.js";
import type { Scored } from "../scorer.js";
import type { Packing } from "./codecs.js";

/** What is put behind a batch's own nodes and buffers; the places are counted from the first of these bytes. */
export interface AddedBuffers {
  readonly nodes: readonly { readonly length: number; readonly nulls: number }[];
  readonly buffers: readonly { readonly offset: number; readonly length: number }[];
  readonly bytes: Uint8Array;
}

const ALIGNMENT = 64;

/** The added columns of a batch as Arrow lays them out, packed as the batch is. */
export function addedBuffers(
  scored: Scored,
  added: readonly Added[],
  labels: LabelBytes,
  packing: Packing | undefined,
): AddedBuffers {
  const nodes: { length: number; nulls: number }[] = [];
  const parts: Uint8Array[] = [];
  const push = (...arrays: readonly ArrayBufferView[]): void => {
    for (const { buffer, byteOffset, byteLength } of arrays) {
      parts.push(new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength));
    }
  };
  const { rows, valid, top } = scored;
  const count = countOf(scored);
  const validity = valid === null ? new Uint8Array(0) : bitsOf(valid);
  const every = new Uint8Array(0);
  for (const { quantity, type, isList } of added) {
    nodes.push({ length: rows, nulls: rows - count });
    if (isList) {
      nodes.push({ length: count * top, nulls: 0 });
      push(validity, offsetsOf(scored), every);
      if (type === "utf8") push(...labels.of(scored.classes));
      else push(valuesOf(scored, quantity));
    } else if (type === "utf8") {
      push(validity, ...labels.of(spread(scored, scored.classes, -1)));
    } else {
      push(validity, spread(scored, valuesOf(scored, quantity), 0));
    }
  }
  return { nodes, ...together(packing === undefined ? parts : parts.map((part) => packing.pack(part))) };
}

const countOf = ({ rows, valid }: Scored): number =>
  valid === null ? rows : valid.reduce((sum, one) => sum + one, 0);

function valuesOf(scored: Scored, quantity: Quantity): Int32Array | Float32Array {
  switch (quantity) {
    case "score":
      return scored.scores;
    case "probability":
      return scored.probabilities;
    case "energy":
      return scored.energies;
    default:
      return scored.classes;
  }
}

function bitsOf(valid: Uint8Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(valid.length / 8));
  for (let r = 0; r < valid.length; r++) bits[r >>> 3] |= valid[r] << (r & 7);
  return bits;
}

/** Where the list of each row starts; that of a null row is empty. */
function offsetsOf({ rows, valid, top }: Scored): Int32Array {
  const offsets = new Int32Array(rows + 1);
  for (let r = 0; r < rows; r++) offsets[r + 1] = offsets[r] + (valid === null ? top : valid[r] * top);
  return offsets;
}

/** One value a row from one a scored row: columns of plain values have a place for null ones too. */
function spread<T extends Int32Array | Float32Array>({ rows, valid }: Scored, values: T, missing: number): T {
  if (valid === null) return values;
  const all = (values instanceof Int32Array ? new Int32Array(rows) : new Float32Array(rows)) as T;
  let at = 0;
  for (let r = 0; r < rows; r++) all[r] = valid[r] === 1 ? values[at++] : missing;
  return all;
}

function together(parts: readonly Uint8Array[]): Pick<AddedBuffers, "buffers" | "bytes"> {
  const buffers: { offset: number; length: number }[] = [];
  let end = 0;
  for (const { length } of parts) {
    buffers.push({ offset: end, length });
    end += Math.ceil(length / ALIGNMENT) * ALIGNMENT;
  }
  const bytes = new Uint8Array(end);
  for (const [k, part] of parts.entries()) bytes.set(part, buffers[k].offset);
  return { buffers, bytes };
}
