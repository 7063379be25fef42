import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeWhole } from "../src/files.js";
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
