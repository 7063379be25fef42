import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lengthOf, readFully, withFile, writeWhole } from "../src/files.js";
import { Problem } from "../src/problem.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "models-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a file that cannot be ended leaves the one that was there", () => {
  const path = join(folder, "a");
  writeWhole(path, "before");
  const pieces = function* () {
    yield Uint8Array.of(1, 2, 3);
    throw new Problem("no more");
  };
  expect(() => writeWhole(path, pieces())).toThrow("no more");
  expect(readFileSync(path, "utf8")).toBe("before");
  expect(readdirSync(folder)).toEqual(["a"]);
});

test("where nothing can be written, the message says why", () => {
  expect(() => writeWhole(join(folder, "none", "a"), "x")).toThrow(/none.a cannot be written.*make it first/);
  mkdirSync(join(folder, "b"));
  expect(() => writeWhole(join(folder, "b"), "x")).toThrow(/a folder stands there/);
  expect(readdirSync(folder)).toEqual(["b"]);
});

test("files are read in part, and what is none is refused and not waited for", () => {
  const path = join(folder, "a");
  writeWhole(path, "0123456789");
  expect(Buffer.from(withFile(path, (file) => readFully(path, file, 3, 4))).toString()).toBe("3456");
  expect(withFile(path, (file) => lengthOf(path, file))).toBe(10);
  expect(() => withFile(path, (file) => readFully(path, file, 8, 4))).toThrow(/became shorter/);
  expect(() => withFile(folder, (file) => lengthOf(folder, file))).toThrow(/is a folder, and no file/);
  expect(() => withFile(folder, (file) => readFully(folder, file, 0, 4))).toThrow(
    /cannot be read: it is a folder/,
  );
  expect(() => withFile(join(folder, "none"), () => 0)).toThrow(/cannot be read: there is no such file/);
  if (process.platform === "win32") return;
  const pipe = join(folder, "pipe");
  spawnSync("mkfifo", [pipe]);
  expect(() => withFile(pipe, (file) => lengthOf(pipe, file))).toThrow(/pipe is no file: give a file/);
});
