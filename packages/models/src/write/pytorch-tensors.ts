/** What a head's class vectors are made of, as tensors that a few lines of PyTorch compute with. */

import type { FixedClassifier, HeadTable, RotationTable } from "fixed-classifier";
import type { TensorBytes } from "../containers/safetensors.js";
import { float32Bytes } from "../tensors/index.js";

type HadamardTable = Extract<HeadTable, { kind: "hadamard" }>;
type ProductTable = Extract<HeadTable, { kind: "product" }>;
type Factor = HadamardTable["factor"];

/** By their names in the module. */
export type ModuleTensors = Readonly<Record<string, TensorBytes>>;

export function moduleTensors(head: FixedClassifier): ModuleTensors {
  const { table } = head.code;
  if (table.kind === "hadamard") return hadamardTensors(table);
  if (table.kind === "product") return productTensors(head, table);
  // Weights that are learned are in the file already.
  return table.normalised ? { vectors: float32([table.classes, table.features], table.weights) } : {};
}

/** Of every class its row of all blocks one below the other, and its sign. */
function hadamardTensors(table: HadamardTable): ModuleTensors {
  const { features, classes, order, columns, masks, segments, places, factor } = table;
  const blocks = Math.max(...segments.filter((_, i) => i % 5 === 0)) + 1;
  const signs = new Int8Array(blocks * features);
  const words = Math.ceil(order / 32);
  for (let block = 0; block < blocks; block++) {
    for (let i = 0; i < features; i++) signs[block * features + i] = signAt(masks, block * words, i);
  }
  const rowAt = new Int32Array(classes);
  const signOf = new Int8Array(classes);
  for (let s = 0; s < segments.length; s += 5) {
    const [block, first, sign, place, count] = segments.subarray(s, s + 5);
    signOf.fill(sign, place, place + count);
    for (let i = 0; i < count; i++) rowAt[place + i] = block * order + first + i;
  }
  return {
    signs: int8([blocks, features], signs),
    rows: int32(
      [classes],
      Int32Array.from({ length: classes }, (_, c) => rowAt[places?.[c] ?? c]),
    ),
    row_signs: int8(
      [classes],
      Int8Array.from({ length: classes }, (_, c) => signOf[places?.[c] ?? c]),
    ),
    factor: factorTensor(factor),
    ...(columns && { columns: int32([features], columns) }),
  };
}

function productTensors(head: FixedClassifier, table: ProductTable): ModuleTensors {
  const { features, classes, width, stages, magnitudes, rotation } = table;
  const rows = head.code.assignment as Uint8Array;
  return {
    rows: { dtype: "U8", shape: [classes, stages, Math.ceil(features / width)], bytes: rows },
    ...(magnitudes && { magnitudes: float32([classes, stages, 1], magnitudes) }),
    ...(rotation && rotationTensors(rotation)),
  };
}

/** docs/numerics.md of the core has the steps. A code's rotation has one round. */
function rotationTensors({ length, order, masks, factor }: RotationTable): ModuleTensors {
  const scale = 1 / Math.sqrt(order);
  const words = Math.ceil(order / 32);
  const scaled = (mask: number, from: number, count: number, by: (i: number) => number) =>
    float32(
      [count],
      Float32Array.from({ length: count }, (_, i) => signAt(masks, mask * words, from + i) * by(i)),
    );
  if (length === order)
    return { rotation: scaled(0, 0, length, () => scale), rotation_factor: factorTensor(factor) };
  const half = Math.floor(length / 2);
  const both = 1 / Math.sqrt(2 * order);
  // What is in both transforms has the scale of the first only.
  const again = (i: number) => (length - order + i < order ? scale : 1);
  return {
    rotation_low: scaled(0, 0, half, () => both),
    rotation_middle: scaled(0, half, length - 2 * half, () => scale),
    rotation_high: scaled(1, 0, half, () => both),
    rotation_last: scaled(2, 0, order, again),
    rotation_factor: factorTensor(null),
  };
}

function factorTensor(factor: Factor): TensorBytes {
  const order = factor?.order ?? 1;
  const words = Math.ceil(order / 32);
  const entries = new Int8Array(order * order).fill(1);
  if (factor !== null) {
    for (let i = 0; i < entries.length; i++)
      entries[i] = signAt(factor.signs, Math.floor(i / order) * words, i % order);
  }
  return int8([order, order], entries);
}

const signAt = (bits: Uint32Array, from: number, i: number): number =>
  (bits[from + (i >> 5)] >>> (i & 31)) & 1 ? -1 : 1;

const float32 = (shape: readonly number[], values: Float32Array): TensorBytes => ({
  dtype: "F32",
  shape,
  bytes: float32Bytes(values),
});

const int8 = (shape: readonly number[], values: Int8Array): TensorBytes => ({
  dtype: "I8",
  shape,
  bytes: new Uint8Array(values.buffer),
});

function int32(shape: readonly number[], values: Int32Array): TensorBytes {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => {
    bytes.writeInt32LE(value, 4 * i);
  });
  return { dtype: "I32", shape, bytes };
}
