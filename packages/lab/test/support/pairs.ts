/** Small inputs and labels as NumPy has them, and what befalls their files. */
import { readFileSync, writeFileSync } from "node:fs";
import { bytesOf, folder, npy, write } from "./writers.js";

export const features = (rows: number, width = 2): Float32Array =>
  Float32Array.from({ length: rows * width }, (_, k) => Math.sin(k));
export const xNpy = (rows: number, width = 2): Buffer =>
  npy(bytesOf(features(rows, width)), { type: "<f4", shape: [rows, width] });
export const yNpy = (labels: readonly number[]): Buffer =>
  npy(Uint8Array.from(labels), { type: "|u1", shape: [labels.length] });

/** A folder with inputs and labels as NumPy has them. */
export function pair(x: Uint8Array, y: Uint8Array): { here: string; x: string; y: string } {
  const here = folder();
  return { here, x: write(`${here}/x.npy`, x), y: write(`${here}/y.npy`, y) };
}

export const cut = (path: string, bytes: number): void =>
  writeFileSync(path, readFileSync(path).subarray(0, bytes));
