/** Files with bytes changed or cut off: they are read, or what is wrong is told; nothing else is thrown, and nothing hangs. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { estimateMemory, loadDataset } from "../../src/data/index.js";
import { Problem } from "../../src/problem.js";
import { bytesOf, folder, idx, npy, write } from "../support/writers.js";

const fixture = (name: string): Buffer =>
  readFileSync(fileURLToPath(new URL(`fixtures/${name}`, import.meta.url)));

const labels = Uint8Array.from({ length: 40 }, (_, k) => k % 4);
const features = bytesOf(Float32Array.from({ length: 80 }, (_, k) => Math.sin(k)));

const files: readonly (readonly [string, Buffer])[] = [
  ...["plain.npz", "parts.npz", "plain.safetensors", "lz4.feather", "zstd.feather", "snappy.parquet"].map(
    (name) => [name, fixture(name)] as const,
  ),
  ["x.npy", npy(features, { type: "<f4", shape: [40, 2] })],
  ["x.idx2", idx(features, 13, [40, 2])],
  [
    "table.csv",
    Buffer.from(`a,b,label\n${Array.from(labels, (label, k) => `${k / 3},"n,${k}",${label}`).join("\n")}`),
  ],
];

const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  to: fc.integer({ min: 0, max: 255 }),
});
const damage = fc.record({
  changes: fc.array(change, { maxLength: 4 }),
  keep: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
});

describe.each(files)("%s", (name, whole) => {
  test("is read, or refused with a reason", async () => {
    const here = folder();
    const y = write(`${here}/y.npy`, npy(labels, { type: "|u1", shape: [40] }));
    let read = 0;
    await fc.assert(
      fc.asyncProperty(damage, async ({ changes, keep }) => {
        const bytes = Buffer.from(whole.subarray(0, Math.ceil(keep * whole.length)));
        for (const { at, to } of changes) bytes[Math.floor(at * bytes.length)] = to;
        const path = write(`${here}/${name}`, bytes);
        const paths = /\.(npy|idx2)$/.test(name) ? [path, y] : [path];
        for (const reading of [loadDataset, estimateMemory])
          try {
            await reading(paths);
            read++;
          } catch (error) {
            expect(error).toBeInstanceOf(Problem);
            expect((error as Problem).message).toContain(here);
          }
      }),
      { numRuns: 60 },
    );
    expect(read).toBeGreaterThan(0);
  });
});
