/** The constants of the three implementations against the table in docs/numerics.md. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** A literal as the three languages write it, with what little arithmetic they use and what bundlers read. */
function numberOf(literal: string): number {
  const text = literal
    .replace("/* @__PURE__ */ ", "")
    .replaceAll("_", "")
    .replace(/^fround\((.*)\)$/, "$1")
    .trim();
  const hex = /^(-?)0x1p([+-]?\d+)f?$/.exec(text);
  if (hex) return (hex[1] ? -1 : 1) * 2 ** Number(hex[2]);
  const power = /^2 ?(?:\*\*|\^) ?(-?\d+)$/.exec(text);
  if (power) return 2 ** Number(power[1]);
  return Number(text.replace(/f$/, ""));
}

interface Constant {
  readonly name: string;
  readonly value: number;
  readonly type: string;
  readonly room: string;
}

const table: Constant[] = [
  ...read("docs/numerics.md").matchAll(/^\| `([A-Z0-9_]+)` +\| (\S+) +\| (\w+) +\| (\w+) +\|/gm),
].map(([, name = "", value = "", type = "", room = ""]) => ({ name, value: numberOf(value), type, room }));

const filesOf = (...folders: string[]): string[] =>
  folders.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => /\.(ts|h)$/.test(name))
      .map((name) => join(folder, name)),
  );

const camel = (name: string): string =>
  `k${name
    .split("_")
    .map((word) => word[0] + word.slice(1).toLowerCase())
    .join("")}`;

/** Where each language keeps its constants, and how it writes one. */
const LANGUAGES = {
  TypeScript: {
    files: filesOf("lib/backends/js", "lib/numerics", "lib/hadamard"),
    definition: (name: string) => new RegExp(`^(?:export )?const ${name} = (.+);`, "gm"),
  },
  AssemblyScript: {
    files: filesOf("assembly"),
    definition: (name: string) =>
      new RegExp(
        `^(?:export )?const ${name}(?:: \\w+)? = (?:memory\\.data<f32>\\(\\[(.+)\\]\\)|([^;]+));`,
        "gm",
      ),
  },
  "C++": {
    files: filesOf("native", "native/kernels"),
    definition: (name: string) => new RegExp(`^(?:inline )?constexpr \\w+ ${camel(name)} = (.+?);`, "gm"),
  },
} as const;

test("the table is there", () => {
  expect(table.length).toBeGreaterThanOrEqual(19);
  for (const { value } of table) expect(Number.isFinite(value)).toBe(true);
});

const round = (type: string, value: number): number => (type === "float32" ? Math.fround(value) : value);

test.each(Object.keys(LANGUAGES) as (keyof typeof LANGUAGES)[])("constants of %s", (language) => {
  const { files, definition } = LANGUAGES[language];
  const found = table.map(({ name, type }) => {
    const all = files.flatMap((file) =>
      [...read(file).matchAll(definition(name))].map(([, a, b]) => round(type, numberOf((a ?? b) as string))),
    );
    return [name, ...all];
  });
  expect(found).toEqual(table.map(({ name, type, value }) => [name, round(type, value)]));
});
