/** Head tables with several blocks, masks and segments, as class codes of many classes make them. */

import { bitWords } from "../../lib/hadamard/bits.js";
import { factorOf } from "../../lib/hadamard/orders.js";
import { packedLength, signedRows, wordMask } from "../../lib/hadamard/signed-rows.js";
import type { FixedClassifier } from "../../lib/index.js";
import {
  type DenseTable,
  type HadamardTable,
  type HeadTable,
  maskWords,
  type ProductTable,
  type RotationTable,
  SEGMENT_FIELDS,
} from "../../lib/table.js";
import { rotated } from "../rotation/reference.js";
import { floats, generator } from "./random.js";
import { entry } from "./reference.js";

// Looking up a global is slow in Jest's sandbox.
const { floor } = Math;

export interface TableShape {
  features: number;
  /** The order is factorOrder · length. */
  length: number;
  factorOrder?: number;
  blocks: number;
  /** Whether the features stand in columns anywhere, in any order. */
  scattered?: boolean;
  seed: number;
}

/** A table from a seed: rows overlap within a block, signs differ, and mask bits beyond the features are noise. */
export function randomTable(shape: TableShape): HadamardTable {
  const { features, length, factorOrder = 1, blocks, scattered, seed } = shape;
  const random = generator(seed);
  const below = (n: number): number => floor(random() * n);
  const order = factorOrder * length;
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
    kind: "hadamard",
    features,
    classes,
    order,
    factor: factorOf({ order, factorOrder, length }),
    columns: scattered ? shuffled(order, random).slice(0, features) : null,
    unit: 1 / Math.sqrt(features),
    masks: new Uint32Array(blocks * maskWords(order)).map(() => below(2 ** 32)),
    segments: Int32Array.from(segments),
    places: null,
  };
}

/** The table of a head whose code is made of Hadamard matrices. */
export function hadamardTableOf({ code: { table } }: FixedClassifier): HadamardTable {
  if (table.kind !== "hadamard") throw new Error(`a ${table.kind} table`);
  return table;
}

/** The table of a head whose code keeps its vectors. */
export function denseTableOf({ code: { table } }: FixedClassifier): DenseTable {
  if (table.kind !== "dense") throw new Error(`a ${table.kind} table`);
  return table;
}

/** A table of a dense code. */
export function denseTable(
  features: number,
  classes: number,
  normalised: boolean,
  weights = floats(features * classes, features + classes),
): DenseTable {
  return { kind: "dense", features, classes, weights, normalised };
}

export function shuffled(length: number, random: () => number): Int32Array {
  const values = Int32Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = floor(random() * (i + 1));
    [values[i], values[j]] = [values[j] as number, values[i] as number];
  }
  return values;
}

/** The class vectors that a table describes, without its unit: ±1, sums of such, or the weights. */
export function tableVectors(table: HeadTable): ArrayLike<number>[] {
  const { features, classes } = table;
  if (table.kind === "dense") {
    const { weights } = table;
    return Array.from({ length: classes }, (_, c) => weights.subarray(c * features, (c + 1) * features));
  }
  if (table.kind === "product") return unrotated(productVectors(table), table.rotation);
  const { order, factor, columns, masks, segments, places } = table;
  const bit = (words: Uint32Array, i: number): number => ((words[floor(i / 32)] as number) >>> (i % 32)) & 1;
  const length = order / (factor?.order ?? 1);
  const matrix = (i: number, j: number): number => {
    const [p, q] = [floor(i / length), floor(j / length)];
    const sign = factor && bit(factor.signs, 32 * p * bitWords(factor.order) + q) ? -1 : 1;
    return sign * entry(i % length, j % length);
  };
  const vectors = new Array<Int8Array>(classes);
  for (let s = 0; s < segments.length; s += SEGMENT_FIELDS) {
    const [block, row, sign, first, count] = segments.subarray(s, s + SEGMENT_FIELDS) as unknown as number[];
    for (let i = 0; i < (count as number); i++) {
      const vector = new Int8Array(features);
      for (let f = 0; f < features; f++) {
        const mask = bit(masks, 32 * (block as number) * maskWords(order) + f) ? -1 : 1;
        vector[f] = (sign as number) * mask * matrix((row as number) + i, columns?.[f] ?? f);
      }
      vectors[(first as number) + i] = vector;
    }
  }
  return places === null ? vectors : [...places].map((place) => vectors[place] as Int8Array);
}

/** Straight from the layout of docs/file-format.md. */
function productVectors({
  features,
  classes,
  width,
  stages,
  magnitudes,
  packed,
}: ProductTable): Float64Array[] {
  const bits = width <= 8 ? 4 : 8;
  const words = Math.ceil((Math.ceil(features / width) * bits) / 32);
  return Array.from({ length: classes }, (_, c) =>
    Float64Array.from({ length: features }, (_, f) => {
      let sum = 0;
      for (let stage = 0; stage < stages; stage++) {
        const bit = floor(f / width) * bits;
        const at = ((floor(c / 16) * stages + stage) * words + floor(bit / 32)) * 16 + (c % 16);
        const field = floor((packed[at] as number) / 2 ** (bit % 32)) % 2 ** bits;
        const sign = field >= 2 ** (bits - 1) ? -1 : 1;
        const magnitude = magnitudes === null ? 1 : (magnitudes[c * stages + stage] as number);
        sum += magnitude * sign * entry(field % 2 ** (bits - 1), f % width);
      }
      return sum;
    }),
  );
}

/** What vectors are before the rotation R, which is orthonormal: Rᵀ·w. */
function unrotated(vectors: Float64Array[], rotation: RotationTable | null): Float64Array[] {
  if (rotation === null) return vectors;
  const { length } = rotation;
  const columns = Array.from({ length }, (_, i) =>
    rotated(
      rotation,
      Float64Array.from({ length }, (_, j) => Number(i === j)),
    ),
  );
  return vectors.map((w) =>
    Float64Array.from(columns, (column) => column.reduce((sum, v, i) => sum + v * (w[i] as number), 0)),
  );
}

/** What a product table may have beside its rows. */
export interface ProductExtras {
  stages?: number;
  /** Whether there are magnitudes where one stage needs none. */
  magnitudes?: boolean;
  normalised?: boolean;
}

/** A table of a product code, of random rows. */
export function productTable(
  features: number,
  classes: number,
  width: number,
  seed: number,
  { stages = 1, magnitudes = stages > 1, normalised = true }: ProductExtras = {},
): ProductTable {
  const rows = signedRows(features, width, stages);
  const random = generator(seed);
  const packed = new Uint32Array(packedLength(rows, classes)).map(
    (_, i) => floor(random() * 2 ** 32) & wordMask(rows, floor(i / 16) % rows.words),
  );
  return {
    kind: "product",
    features,
    classes,
    width,
    unit: 1 / Math.sqrt(features),
    stages,
    magnitudes: magnitudes ? new Float32Array(classes * stages).map(() => random() * 2) : null,
    normalised,
    packed,
    rotation: null,
  };
}
