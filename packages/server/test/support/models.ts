import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { FixedClassifier, type FixedClassifierOptions } from "fixed-classifier";
import { afterAll } from "vitest";
import type { Computed } from "../../src/execution/compute.js";
import { placeOf } from "../../src/models/places.js";
import { createInference, type InferenceOptions } from "../../src/server/inference.js";

const folders: string[] = [];

// Here, where the file's tests are collected: asked for within a test it would never be done.
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder of this test file, with the given files; it goes when the tests are done. */
export function folderOf(files: Record<string, string | Uint8Array> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "fixed-classifier-server-"));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) put(join(folder, name), content);
  return folder;
}

export function put(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** A head whose scale and bias are no round numbers. */
export function headOf(options: Partial<FixedClassifierOptions> = {}): FixedClassifier {
  const head = new FixedClassifier({ features: 20, classes: 7, ...options });
  head.bias?.forEach((_, c, bias) => {
    bias[c] = Math.sin(c + 1) / 3;
  });
  return head;
}

/** Rows of numbers that are all different. */
export function rowsOf(rows: number, features: number, seed = 0): Float32Array {
  return Float32Array.from({ length: rows * features }, (_, i) => Math.sin(1.7 * i + seed));
}

export const bytesOf = (numbers: ArrayBufferView): Uint8Array =>
  new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);

/** Inference with heads by name, loaded and ready. */
export async function serving(heads: Record<string, FixedClassifier>, options?: InferenceOptions) {
  const files = Object.entries(heads).map(([name, head]) => [`${name}.safetensors`, head.toSafetensors()]);
  const folder = folderOf(Object.fromEntries(files));
  const places = Object.keys(heads).map((name) => placeOf(join(folder, `${name}.safetensors`)));
  const made = createInference(places, options);
  await made.models.loadAll();
  return { ...made, folder };
}

/** Whether two lists of results are the same bits; quicker on many numbers than a comparison that can show them. */
export function areSameBits(some: readonly Computed[], others: readonly Computed[]): boolean {
  const all = (list: readonly Computed[]) =>
    list.flatMap(({ values, classes }) => [values, classes ?? new Int32Array(0)]).map(bytesOf);
  const expected = all(others);
  const given = all(some);
  return (
    given.length === expected.length && given.every((bytes, i) => Buffer.compare(bytes, expected[i]) === 0)
  );
}
