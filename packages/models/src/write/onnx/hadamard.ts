import type { HadamardTable } from "fixed-classifier";
import type { GraphBuilder } from "./builder.js";
import { dense, paddedColumns, sylvester, transform } from "./kronecker.js";

/** With more runs than this, one Gather is faster than as many slices, although it copies element by element. */
const MOST_SLICES = 32;

/** Of a segment of a table: block, first row, sign, first place, number of places. */
const FIELDS = 5;

/** ⟨w_c, x⟩ / unit of a code whose vectors are rows of sign-masked Hadamard matrices; `x` is rows × features. */
export function hadamardNodes(g: GraphBuilder, x: string, table: HadamardTable): string {
  const { columns } = table;
  if (columns?.some((column, i) => column !== columns[0] + i)) return cubeNodes(g, x, table);
  const { features, order } = table;
  const vectors = vectorsOf(table);
  const part = {
    blocks: vectors.blocks.length,
    first: columns?.[0] ?? 0,
    columns: features,
    rows: vectors.rows,
    sign: vectors.sign,
  };
  const padded = paddedColumns(table, part);
  let value = g.pad(x, padded.before, padded.columns - padded.before - features);
  const masks = masksOf(table, vectors.blocks, padded);
  if (masks !== null) {
    const signs = g.floats("signs", [part.blocks, padded.columns], masks);
    value = g.node("Mul", [g.reshape(value, [0, 1, padded.columns]), signs]);
  }
  const y = transform(g, value, { order, factor: table.factor }, part);
  // Blocks of the transform stand `length` apart.
  const places = vectors.places.map((place) => {
    return Math.floor(place / vectors.rows) * y.length + (place % vectors.rows);
  });
  return take(g, y.value, part.blocks * y.length, places);
}

interface Vectors {
  /** The blocks in use. */
  readonly blocks: readonly number[];
  /** Rows that a block needs, from 0 on: those of H, and from M on those of −H. */
  readonly rows: number;
  /** −1 where all classes have a minus sign: then it is −H, and there is none from M on. */
  readonly sign: number;
  /** Of every class: its block's index · rows + its row. */
  readonly places: Float64Array;
}

function vectorsOf({ segments, places, classes, order }: HadamardTable): Vectors {
  const blocks = [...new Set(segments.filter((_, i) => i % FIELDS === 0))].sort((a, b) => a - b);
  const indexOf = new Map(blocks.map((block, i) => [block, i]));
  const signs = new Set(segments.filter((_, i) => i % FIELDS === 2));
  const sign = signs.has(1) ? 1 : -1;
  let rows = 0;
  const at = { block: new Int32Array(classes), row: new Int32Array(classes) };
  for (let s = 0; s < segments.length; s += FIELDS) {
    const [block, first, ownSign, place, count] = segments.subarray(s, s + FIELDS);
    const from = first + (ownSign === sign ? 0 : order);
    rows = Math.max(rows, from + count);
    at.block.fill(indexOf.get(block) as number, place, place + count);
    for (let i = 0; i < count; i++) at.row[place + i] = from + i;
  }
  const ofClasses = Float64Array.from({ length: classes }, (_, c) => {
    const place = places?.[c] ?? c;
    return at.block[place] * rows + at.row[place];
  });
  return { blocks, rows, sign, places: ofClasses };
}

/** The signs of every block in use, 1 where there is padding; null where no feature is negated. */
function masksOf(
  { masks, order, features }: HadamardTable,
  blocks: readonly number[],
  padded: { readonly before: number; readonly columns: number },
): Float32Array | null {
  const words = Math.ceil(order / 32);
  const signs = new Float32Array(blocks.length * padded.columns).fill(1);
  let negated = false;
  blocks.forEach((block, k) => {
    for (let i = 0; i < features; i++) {
      if (((masks[block * words + (i >> 5)] >>> (i & 31)) & 1) === 0) continue;
      signs[k * padded.columns + padded.before + i] = -1;
      negated = true;
    }
  });
  return negated || blocks.length > 1 ? signs : null;
}

/** Elements of axis 1, which has `length`, at these places: cut out in runs, where these are few. */
function take(g: GraphBuilder, value: string, length: number, places: Float64Array): string {
  const runs: { readonly start: number; end: number }[] = [];
  for (const place of places) {
    const run = runs.at(-1);
    if (run !== undefined && run.end === place) run.end++;
    else if (runs.length > MOST_SLICES) return g.node("Gather", [value, g.indices(places)], { axis: 1n });
    else runs.push({ start: place, end: place + 1 });
  }
  if (runs.length === 1 && runs[0].end - runs[0].start === length) return value;
  const pieces = runs.map(({ start, end }) => g.slice(value, start, end));
  return pieces.length === 1 ? pieces[0] : g.node("Concat", pieces, { axis: 1n });
}

/**
 * Feature i has the sign (−1)^(bit i of the class): what the low bits of a class add is known of each value of them, and so is what the
 * high bits add.
 */
function cubeNodes(g: GraphBuilder, x: string, { features, classes, columns }: HadamardTable): string {
  if (columns?.some((column, i) => column !== 2 ** i))
    throw new Error("no code but the cube spreads features over columns");
  const low = 2 ** Math.ceil(features / 2);
  const high = Math.ceil(classes / low);
  const lower = dense(features, low, (i, c) => (2 ** i < low ? sylvester(2 ** i, c) : 0));
  const upper = dense(features, high, (i, c) => (2 ** i < low ? 0 : sylvester(2 ** i, c * low)));
  const a = g.node("MatMul", [x, g.floats("low_bits", [features, low], lower)]);
  const b = g.node("MatMul", [x, g.floats("high_bits", [features, high], upper)]);
  const sum = g.node("Add", [g.reshape(b, [0, high, 1]), g.reshape(a, [0, 1, low])]);
  const all = g.reshape(sum, [0, high * low]);
  return classes === high * low ? all : g.slice(all, 0, classes);
}
