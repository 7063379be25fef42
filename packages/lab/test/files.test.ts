import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { writeWhole } from "../src/files.js";
import { Problem } from "../src/problem.js";

/** What the next write of bytes ends with; null: it succeeds. */
const failure = vi.hoisted(() => ({ code: null as string | null }));

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  return {
    ...fs,
    writeSync(file: number, bytes: Uint8Array, at: number) {
      if (failure.code === null) return fs.writeSync(file, bytes, at);
      // Some of it goes through before the disc is full.
      fs.writeSync(file, bytes.subarray(0, 1));
      throw Object.assign(new Error(`${failure.code}: made`), { code: failure.code });
    },
  };
});

const folder = mkdtempSync(join(tmpdir(), "lab-files-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  failure.code = null;
});

test("a file and the folders that it needs are written", () => {
  const path = join(folder, "a", "b", "file");
  writeWhole(path, "first");
  writeWhole(path, Uint8Array.of(1, 2, 3));
  expect([...readFileSync(path)]).toEqual([1, 2, 3]);
  expect(readdirSync(join(folder, "a", "b"))).toEqual(["file"]);
});

test.each([
  ["ENOSPC", /cannot be written: the disc is full; free some space or choose another folder with --out/],
  ["EROFS", /you may not write there; choose another folder with --out/],
  ["EIO", /EIO: made/],
])("%s: the file stays what it was, nothing half is left, and the message has the place", (code, message) => {
  const path = join(folder, "kept");
  writeWhole(path, "as it was");
  failure.code = code;
  expect(() => writeWhole(path, "something else")).toThrow(Problem);
  expect(() => writeWhole(path, "something else")).toThrow(message);
  expect(() => writeWhole(path, "something else")).toThrow(path);
  expect(readFileSync(path, "utf8")).toBe("as it was");
  expect(existsSync(`${path}.part`)).toBe(false);
});
