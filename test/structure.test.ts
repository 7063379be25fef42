/** The floor plan of docs/architecture.md, read off the sources: which file may know which, and how long a file may be. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What scripts/build-wasm.js writes. */
const GENERATED = /^lib\/backends\/wasm\/(binary\.ts|simd128\.wasm\.ts)$/;

const filesOf = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|h|cc)$/.test(entry.name) && entry.name !== "binary.ts")
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();

const sources = { lib: filesOf("lib"), assembly: filesOf("assembly"), native: filesOf("native") };
const textOf = (file: string): string => readFileSync(join(root, file), "utf8");

/** What a file names in its imports or includes: paths from the root, or the name of a package. */
function importsOf(file: string): string[] {
  const pattern = file.endsWith(".ts")
    ? /^(?:import|export)\b[^;]*?from "([^"]+)"|^import "([^"]+)"/gm
    : /^#include "([^"]+)"/gm;
  return [...textOf(file).matchAll(pattern)].map(([, name = "", bare = ""]) => {
    const found = name || bare;
    if (file.endsWith(".ts") && !found.startsWith(".")) return found;
    const path = join(dirname(file), found);
    if (!file.endsWith(".ts")) return path;
    return path.endsWith(".js") ? path.replace(/\.js$/, ".ts") : `${path}.ts`;
  });
}

const graphOf = (files: readonly string[]): Map<string, string[]> =>
  new Map(files.map((file) => [file, importsOf(file)]));

/** A way from a file back to itself, if there is one. */
function circle(graph: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  function visit(file: string, way: readonly string[]): string[] | null {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const next of graph.get(file) ?? []) {
      const found = visit(next, [...way, file]);
      if (found !== null) return found;
    }
    done.add(file);
    return null;
  }
  for (const file of graph.keys()) {
    const found = visit(file, []);
    if (found !== null) return found;
  }
  return null;
}

test("the search for circles finds one", () => {
  expect(
    circle(
      new Map([
        ["a", ["b"]],
        ["b", ["c"]],
        ["c", ["b"]],
      ]),
    ),
  ).toEqual(["b", "c", "b"]);
});

test.each(["lib", "assembly", "native"] as const)("no circle of imports in %s, types included", (folder) => {
  const graph = graphOf(sources[folder]);
  const named = [...graph.values()].flat().filter((name) => name.startsWith(folder));
  expect(named.length).toBeGreaterThan(20);
  for (const name of named) {
    if (!GENERATED.test(name)) expect(sources[folder]).toContain(name);
  }
  expect(circle(graph)).toBeNull();
});

/** From the top down. A file may know its own floor and those below; the first pattern that fits tells the floor. */
const FLOORS: Record<"lib" | "native", readonly (readonly [string, RegExp])[]> = {
  lib: [
    ["adapters", /^lib\/adapters\//],
    ["the public API", /^lib\/index\.ts$/],
    ["operations", /^lib\/(classifier|fwht|rotation)\.ts$/],
    ["parts of operations", /^lib\/(head\/|(features|half|axes|scratch|allocate|aligned)\.ts$)/],
    ["the choice of a backend", /^lib\/backends\/(select|selection|shared|by-size|create|complete)\.ts$/],
    ["platforms", /^lib\/backends\/platform\//],
    ["codes, losses and backends", /^lib\/(codes|losses|backends)\//],
    ["tables and containers", /^lib\/((rotation-)?table\.ts$|formats\/)/],
    ["mathematics", /^lib\/(hadamard\/|numerics\/|(orderings|random)\.ts$)/],
    ["checks", /^lib\/(checks|options|version|brand)\.ts$/],
  ],
  native: [
    ["the surface", /^native\/[^/]+$/],
    ["targets", /^native\/targets\//],
    ["kernels", /^native\/kernels\//],
    ["vector types", /^native\/simd\//],
  ],
};

function floorOf(folder: "lib" | "native", file: string): number {
  const floor = FLOORS[folder].findIndex(([, pattern]) => pattern.test(file));
  if (floor < 0) throw new Error(`${file} has no floor: give it one in test/structure.test.ts`);
  return floor;
}

test("no arrow in lib points up a floor", () => {
  const up = sources.lib.flatMap((file) =>
    importsOf(file)
      .filter((name) => sources.lib.includes(name) && floorOf("lib", name) < floorOf("lib", file))
      .map((name) => `${file} → ${name}`),
  );
  expect(up).toEqual([]);
});

test("codes, losses and backends are siblings: none knows another", () => {
  const room = (file: string): string | undefined => /^lib\/(codes|losses|backends)\//.exec(file)?.[1];
  const across = sources.lib.flatMap((file) =>
    importsOf(file)
      .filter((name) => room(file) !== undefined && room(name) !== undefined && room(name) !== room(file))
      .map((name) => `${file} → ${name}`),
  );
  expect(across).toEqual([]);
});

test("nothing in lib imports a dependency, but for the adapter of that dependency", () => {
  for (const file of sources.lib) {
    const packages = importsOf(file).filter((name) => !name.startsWith("lib/"));
    expect(packages).toEqual(
      file.startsWith("lib/adapters/tfjs/") ? packages.map(() => "@tensorflow/tfjs") : [],
    );
  }
});

/** Kernels know the plain data that crosses the table of kernels, and nothing else of the addon. */
const CROSSING = ["native/kernels.h"];

test("no include in native points up a floor", () => {
  const up = sources.native.flatMap((file) =>
    importsOf(file)
      .filter((name) => !CROSSING.includes(name) && floorOf("native", name) < floorOf("native", file))
      .map((name) => `${file} → ${name}`),
  );
  expect(up).toEqual([]);
});

describe("the same idea has the same room in three languages", () => {
  const ROOMS = [
    ...[
      "columns",
      "factor",
      "fwht",
      "gradient",
      "head",
      "logits",
      "loss",
      "math",
      "rotation",
      "row",
      "softmax",
      "sums",
      "table",
      "top-k",
    ],
  ];
  const stems = (folder: string): string[] =>
    [...sources.lib, ...sources.assembly, ...sources.native]
      .filter((file) => dirname(file) === folder)
      .map((file) => (file.split("/").at(-1) as string).replace(/\.\w+$/, "").replace("_", "-"));

  test.each([
    ["lib/backends/js", ["math"]],
    ["assembly", []],
    ["native/kernels", []],
  ] as const)("%s", (folder, elsewhere) => {
    const rooms = ROOMS.filter((room) => !(elsewhere as readonly string[]).includes(room));
    expect(stems(folder)).toEqual(expect.arrayContaining(rooms));
  });

  test("math of the js backend is what codes use too", () => {
    expect(sources.lib).toContain("lib/numerics/math.ts");
  });
});

test("AVX-512 lane by lane knows every instruction that kernels take", () => {
  const emulated = textOf("test/native/avx512/emulated.h");
  const taken = new Set(textOf("native/simd/avx512.h").match(/\b_mm512_\w+/g));
  expect([...taken].filter((name) => !new RegExp(`#define ${name}\\b`).test(emulated))).toEqual([]);
  expect(taken.size).toBeGreaterThan(50);
});

test("no file of lib, native or assembly is longer than a person reads in one sitting", () => {
  const long = Object.values(sources)
    .flat()
    .map((file) => [file, textOf(file).split("\n").length - 1] as const)
    .filter(([, lines]) => lines > 320);
  expect(long).toEqual([]);
});

describe("packages", () => {
  const files = filesOf("packages").filter((file) => !/\/(node_modules|dist)\//.test(file));

  test("use what the core exports, never its sources", () => {
    expect(files.length).toBeGreaterThan(5);
    const inside = files.flatMap((file) =>
      importsOf(file)
        .filter(
          (name) => /^(lib|dist|assembly|native)\//.test(name) || /^fixed-classifier\/(lib|dist)/.test(name),
        )
        .map((name) => `${file} → ${name}`),
    );
    expect(inside).toEqual([]);
  });

  test("have no file that is longer than a person reads in one sitting", () => {
    // But for those that a compiler of message formats writes.
    const written = files.filter((file) => !file.endsWith("_pb.ts"));
    expect(written.filter((file) => textOf(file).split("\n").length > 321)).toEqual([]);
  });
});
