/** What holds for the source of every package here: a test of it calls this with the rooms that it has. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/** Rooms (folders of src) that a room may know; one that is not named may know all. */
export type Floors = Readonly<Record<string, readonly string[]>>;

/**
 * @param src the folder of the source
 * @param generated files that a program makes and nobody reads
 */
export function testStructure(src: URL, floors: Floors, generated: RegExp = /^$/): void {
  const root = fileURLToPath(src);
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .sort();
  const textOf = (file: string): string => readFileSync(join(root, file), "utf8");
  const graph = new Map(files.map((file) => [file, importsOf(file, textOf(file))]));

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
    for (const file of files.filter((name) => !generated.test(name)))
      expect(textOf(file).split("\n").length - 1, file).toBeLessThanOrEqual(320);
  });

  test("lower rooms do not know higher ones", () => {
    for (const room of Object.keys(floors)) expect(files.join("\n"), room).toContain(`${room}/`);
    for (const [file, imports] of graph) {
      const [room = ""] = file.split("/");
      const known = floors[room];
      if (known === undefined) continue;
      for (const to of imports) {
        const [other = "", inside] = to.split("/");
        if (inside !== undefined && other !== room) expect(known, `${file} → ${to}`).toContain(other);
      }
    }
  });

  test("the core is used by what it exports", () => {
    for (const file of files)
      expect(textOf(file), file).not.toMatch(/from "(?:fixed-classifier\/|(?:\.\.\/)+lib\/)/);
  });
}

/** What a file imports when it runs, by path from src; types are nothing then. */
const importsOf = (file: string, text: string): string[] =>
  [...text.matchAll(/^(?:import|export)\s+(?!type\b)[^;]*?from "(\.[^"]+)"/gm)].map(([, path = ""]) =>
    join(dirname(file), path).replaceAll("\\", "/").replace(/\.js$/, ".ts"),
  );
