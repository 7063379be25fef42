/** Small data whose rows tell which they are. */
import type { DataOptions, Part } from "../../src/data/index.js";
import { rowsOf } from "./inputs.js";
import { bytesOf, npy } from "./writers.js";

/** Rows that tell their number and, times a thousand, their part. */
export const x = (rows: number, part = 0): Buffer =>
  npy(bytesOf(Float32Array.from({ length: 2 * rows }, (_, k) => (k % 2 ? k % 3 : 1000 * part + k / 2))), {
    type: "<f4",
    shape: [rows, 2],
  });
export const y = (rows: number, classes = 3): Buffer =>
  npy(
    Uint8Array.from({ length: rows }, (_, row) => row % classes),
    { type: "|u1", shape: [rows] },
  );
export const idsOf = ({ inputs }: Part): number[] => rowsOf(inputs).map(([id]) => id);
export const sorted = (ids: number[]): number[] => ids.sort((a, b) => a - b);
export const count = (to: number, from = 0): number[] => Array.from({ length: to }, (_, k) => from + k);
export const all: DataOptions = { validation: 0, test: 0 };

export const csv = (rows: number, part: number): string =>
  `a,label\n${count(rows, 1000 * part)
    .map((id) => `${id / 2},${id % 3}`)
    .join("\n")}`;
