import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../src", import.meta.url));

const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .sort();

/** What `npm run proto` makes. */
const GENERATED = /^onnx\/onnx_pb\.ts$/;

/** What a file imports when it runs, by path from src; types are nothing then. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/^(?:import|export)\s+(?!type\b)[^;]*?from "(\.[^"]+)"/gm)].map(([, path = ""]) =>
    join(dirname(file), path).replace(/\.js$/, ".ts"),
  );
}

const graph = new Map(files.map((file) => [file, importsOf(file)]));

/** Rooms that a room may know, from the bottom up; one that is not named may know all. */
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  tensors: [],
  onnx: ["tensors"],
  containers: ["tensors"],
  read: ["tensors", "containers", "onnx"],
  write: ["tensors", "containers", "onnx"],
  convert: ["tensors", "containers", "onnx"],
};

test("every import leads to a file, and none back to where it started", () => {
  expect(files.length).toBeGreaterThan(2);
  for (const [file, imports] of graph) for (const to of imports) expect(files, file).toContain(to);
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    expect(way, [...way, file].join(" → ")).not.toContain(file);
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...way, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
});

test("a file is read in one sitting", () => {
  for (const file of files.filter((name) => !GENERATED.test(name))) {
    const lines = readFileSync(join(root, file), "utf8").split("\n").length - 1;
    expect(lines, file).toBeLessThanOrEqual(320);
  }
});

test("lower rooms do not know higher ones", () => {
  for (const [file, imports] of graph) {
    const [room = ""] = file.split("/");
    const known = FLOORS[room];
    if (known === undefined) continue;
    for (const to of imports) {
      const [other = "", inside] = to.split("/");
      if (inside !== undefined && other !== room) expect(known, `${file} → ${to}`).toContain(other);
    }
  }
});

test("the core is used by what it exports", () => {
  for (const file of files) {
    const text = readFileSync(join(root, file), "utf8");
    expect(text, file).not.toMatch(/from "(?:fixed-classifier\/|(?:\.\.\/)+lib\/)/);
  }
});
