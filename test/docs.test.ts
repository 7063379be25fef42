/** The Markdown pages: their links lead somewhere, what they name exists, and their examples run. */

import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { backendNames } from "../lib/backends/select.js";
import { CODE_NAMES } from "../lib/codes/index.js";
import * as product from "../lib/index.js";
import { LOSS_NAMES } from "../lib/losses/index.js";
import { missing } from "./support/backends.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const textOf = (file: string): string => readFileSync(join(root, file), "utf8");

/** The folders whose files Git keeps. */
const FOLDERS = [
  ".ci",
  "assembly",
  "benchmarks",
  "docs",
  "examples",
  "lib",
  "native",
  "packages",
  "scripts",
  "test",
];
const FOREIGN = ["node_modules", "build", "dist", "output"];

const filesUnder = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (!entry.isDirectory()) return [path];
    return FOREIGN.includes(entry.name) ? [] : filesUnder(path);
  });

const pages = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...FOLDERS.flatMap(filesUnder).filter((file) => file.endsWith(".md")),
].sort();

const withoutCode = (text: string): string =>
  text.replace(/^```[\s\S]*?^```$/gm, "").replace(/^ {4}.*$/gm, "");

/** The anchors of a page: those of its headings, as Git hosts make them, and those it names itself. */
function anchorsOf(text: string): Set<string> {
  const anchors = new Set([...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = ""]) => id));
  const seen = new Map<string, number>();
  for (const [, heading = ""] of withoutCode(text).matchAll(/^#{1,6} +(.+)$/gm)) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, "")
      .replace(/\s/g, "-");
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    anchors.add(times === 0 ? slug : `${slug}-${times}`);
  }
  return anchors;
}

test("anchors are those that Git hosts make", () => {
  const text =
    '# Kinds of tables\n## `head.forward(x)`: a row\n## A\n## A\n```\n# code\n```\n<a id="own"></a>\n';
  const slugs = ["own", "kinds-of-tables", "headforwardx-a-row", "a", "a-1"];
  expect([...anchorsOf(text)].sort()).toEqual(slugs.sort());
});

/** Targets of the links and images of a page that are no addresses. */
const linksOf = (text: string): string[] =>
  [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

describe.each(pages)("%s", (page) => {
  const text = textOf(page);

  test("every link leads to a file, and to an anchor of it", () => {
    const broken = linksOf(text).filter((target) => {
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? join(root, page) : resolve(root, dirname(page), path);
      if (!existsSync(file)) return true;
      return anchor !== undefined && !anchorsOf(readFileSync(file, "utf8")).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  test("every npm script that it names exists", () => {
    // A package of packages/ has scripts of its own beside those of the root.
    const manifests = ["package.json", `${dirname(page)}/package.json`].filter((file) =>
      existsSync(join(root, file)),
    );
    const scripts = manifests.flatMap((file) => Object.keys(JSON.parse(textOf(file)).scripts ?? {}));
    const named = [...text.matchAll(/\bnpm run (?:--silent )?([a-z][\w:-]*)/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => !scripts.includes(name))).toEqual([]);
  });

  test("every path that it names exists", () => {
    const named = [...text.matchAll(/`([^`\s]+)`/g)].map(([, name = ""]) => name).filter(isPath);
    expect(named.filter((name) => filesOf(name).length === 0)).toEqual([]);
  });
});

/** Pages that npm publishes without what is around their package: a link out of it leads nowhere there. */
const published = pages.filter((page) => {
  const manifest = `${page.split("/").slice(0, 2).join("/")}/package.json`;
  if (!page.startsWith("packages/") || page.includes("/test/") || !existsSync(join(root, manifest)))
    return false;
  return JSON.parse(textOf(manifest)).private !== true;
});

test("pages that packages are published with link to nothing outside of them", () => {
  expect(published).toContain("packages/server/README.md");
  const leaving = published.flatMap((page) => {
    const home = join(root, ...page.split("/").slice(0, 2), "/");
    return linksOf(textOf(page))
      .filter((target) => !resolve(root, dirname(page), target).startsWith(home))
      .map((target) => `${page}: ${target}`);
  });
  expect(leaving).toEqual([]);
});

const files = FOLDERS.flatMap(filesUnder);

/** The files that a path means, seen from the root: NAME, * and <…> stand for any name. */
function filesOf(path: string): string[] {
  const pattern = path
    .replace(/[.+?^$()|[\]{}\\]/g, "\\$&")
    .replace(/\bNAME\b|\*|<[^>]*>/g, "[^/]+")
    .replace(/\/$/, "");
  const whole = new RegExp(`^${pattern}($|/)`);
  return files.filter((file) => whole.test(file));
}

/** Whether a name is that of a file or folder that Git keeps, seen from the root. */
function isPath(name: string): boolean {
  const [folder = "", ...rest] = name.split("/");
  if (rest.length === 0 || !FOLDERS.includes(folder)) return false;
  return name.endsWith("/") || /\.\w+$/.test(name) || rest.length > 1;
}

test("the functions on the routes of docs/architecture.md are in the files beside them", () => {
  const namesIn = (cell = ""): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
  const routes = [...textOf("docs/architecture.md").matchAll(/^\|([^|]+)\|([^|]+)\|([^|]+)\|$/gm)]
    .map(([, , functions, files]) => ({ functions: namesIn(functions), files: namesIn(files) }))
    .filter(({ functions, files }) => functions.every((name) => !isPath(name)) && files.every(isPath));
  const steps = routes.filter(({ functions, files }) => functions.length > 0 && files.length > 0);
  expect(steps.length).toBeGreaterThan(25);
  for (const { functions, files } of steps) {
    const sources = files.flatMap((file) => (file.endsWith("/") ? filesUnder(file.slice(0, -1)) : [file]));
    const text = sources.map(textOf).join("\n");
    const missing = functions.filter((name) => !new RegExp(`\\b${name.split(".").at(-1)}\\b`).test(text));
    expect({ files, missing }).toEqual({ files, missing: [] });
  }
});

/** Fenced code of a language, in the order of the page. */
const codeOf = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(
    ([, code = ""]) => code,
  );

describe("the examples of docs/api.md run", () => {
  const files = new Map<string, Uint8Array>();
  const node = {
    writeFileSync: (name: string, bytes: Uint8Array) => files.set(name, bytes),
    readFileSync: (name: string) => files.get(name),
    console: { log() {} },
  };
  const text = textOf("docs/api.md");
  const [forAll = "", forTfjs = ""] = text.split("\n## fixed-classifier/tfjs\n");
  const [before, ofHead = ""] = forAll.split("\n### FixedClassifier\n");
  const [shared = "", ...methods] = codeOf(ofHead.split("\n## ")[0] as string, "ts");
  const others = codeOf(`${before}\n${ofHead.split("\n## ").slice(1).join("\n## ")}`, "ts");

  async function run(code: string, names: object): Promise<void> {
    const body = `return (async () => {\n${code}\n})();`;
    await new Function(...Object.keys(names), body)(...Object.values(names));
  }

  test("there are many", () => {
    expect([methods.length, others.length]).toEqual([expect.any(Number), expect.any(Number)]);
    expect(methods.length).toBeGreaterThan(7);
    expect(others.length).toBeGreaterThan(5);
  });

  test.each(methods)("of FixedClassifier: %s", async (code) => {
    await run(`${shared}\n${code}`, { ...node, ...product });
  });

  test.each(others)("%s", async (code) => {
    await run(code, { ...node, ...product });
  });

  test("of the layer for TensorFlow.js", async () => {
    const tf = await import("@tensorflow/tfjs");
    tf.enableProdMode(); // without its greeting
    const layer = await import("../lib/adapters/tfjs/layer.js");
    const examples = codeOf(forTfjs, "ts");
    expect(examples.length).toBeGreaterThan(2);
    for (const code of examples) await run(code, { ...node, ...product, ...layer, tf });
  });
});

test("every code, loss and backend has its place in the pages", () => {
  const between = (page: string, start: string, end: string): string =>
    (textOf(page).split(start)[1] as string).split(end)[0] as string;
  const codes = textOf("docs/codes.md");
  for (const name of CODE_NAMES) {
    expect(codes).toContain(`\n### ${name}\n`);
    expect(between("docs/codes.md", "## Which one when", "\n## ")).toContain(`\`${name}\``);
    expect(between("docs/file-format.md", "## What codes keep", "\n## ")).toContain(`\`${name}\``);
    expect(between("docs/api.md", "### CodeName", "\n### ")).toContain(`"${name}"`);
    expect(between("docs/api.md", "### CodeOptions", "\n### ")).toContain(`"${name}"`);
  }
  for (const name of LOSS_NAMES) {
    expect(between("docs/api.md", "### LossName", "\n### ")).toContain(`"${name}"`);
    expect(between("docs/api.md", "## Options of codes and losses", "\n## ")).toContain(`loss "${name}"`);
  }
  for (const name of backendNames) {
    expect(between("docs/backends.md", "# Backends", "\n## ")).toContain(`| \`${name}\``);
  }
});

/** A block that imports begins a program, the others go on with it. */
function joined(blocks: string[]): string[] {
  const programs: string[] = [];
  for (const block of blocks) {
    if (block.startsWith("import ")) programs.push(block);
    else programs.push(`${programs.pop() ?? ""}${block}`);
  }
  return programs;
}

/** Pages whose examples are programs, one a block or one in all. Blocks that ask for a backend which is not here are left out. */
test.each([
  ["README.md", (blocks: string[]) => blocks],
  ["docs/backends.md", joined],
  ["docs/file-format.md", (blocks: string[]) => blocks],
  ["docs/losses.md", (blocks: string[]) => blocks],
  ["docs/product-training.md", (blocks: string[]) => blocks],
  ["docs/rotation.md", (blocks: string[]) => blocks],
] as const)("the examples of %s run as programs of a user", (page, programsOf) => {
  const folder = mkdtempSync(join(tmpdir(), "fixed-classifier-user-"));
  try {
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(root, join(folder, "node_modules/fixed-classifier"), "junction");
    symlinkSync(join(root, "node_modules/@tensorflow"), join(folder, "node_modules/@tensorflow"), "junction");
    const here = (block: string): boolean =>
      !missing.some(({ name }) => block.includes(`createBackend("${name}"`));
    const programs = programsOf(codeOf(textOf(page), "js").filter(here));
    expect(programs.length).toBeGreaterThan(0);
    const printed = programs.map((program) => {
      writeFileSync(join(folder, "program.mjs"), program);
      return execFileSync(process.execPath, ["program.mjs"], {
        cwd: folder,
        stdio: ["ignore", "pipe", "inherit"],
        encoding: "utf8",
      });
    });
    if (page === "docs/rotation.md") expect(printed).toEqual(codeOf(textOf(page), "console"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe("the example and the reader of docs/file-format.md", () => {
  const text = textOf("docs/file-format.md");
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "fixed-classifier-docs-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("the header is what the command prints", () => {
    const { FixedClassifier } = product;
    const assignment = [4, 2];
    const head = new FixedClassifier({ features: 8, classes: 3, code: { name: "hadamard", assignment } });
    const [write = "", print = ""] = codeOf(text, "sh");
    expect(write).toContain('{ features: 8, classes: 3, code: { name: "hadamard", assignment: [4, 2] } }');
    writeFileSync(join(folder, "head.safetensors"), head.toSafetensors());
    const [, script = ""] = /^node --eval '([\s\S]*)'\n$/.exec(print) ?? [];
    const printed = execFileSync(process.execPath, ["--eval", script], { cwd: folder, encoding: "utf8" });
    expect(codeOf(text, "console")).toEqual([printed]);
  });

  const python = spawnSync("python3", ["--version"]).status === 0;
  const settings: product.FixedClassifierOptions[] = [
    { features: 8, classes: 3, code: { name: "hadamard", assignment: [4, 2] } },
    { features: 16, classes: 32 },
    { features: 8, classes: 12, bias: false },
    { features: 7, classes: 5, code: "sylvester", seed: 3 },
    { features: 5, classes: 9, code: "sylvester", allowDuplicates: true },
  ];
  const unreadable: product.FixedClassifierOptions[] = [
    { features: 8, classes: 17 },
    { features: 12, classes: 3 },
    { features: 7, classes: 3, code: "simplex" },
  ];

  function read(head: product.FixedClassifier, x: Float32Array): { status: number | null; stdout: string } {
    const [reader = ""] = codeOf(text, "python");
    writeFileSync(join(folder, "reader.py"), reader);
    writeFileSync(join(folder, "head.safetensors"), head.toSafetensors());
    const command = ["reader.py", "head.safetensors", ...Array.from(x, String)];
    return spawnSync("python3", command, { cwd: folder, encoding: "utf8" });
  }
  const rowOf = (features: number): Float32Array =>
    Float32Array.from({ length: features }, (_, i) => i - 2.5);

  (python ? test.each(settings) : test.skip.each(settings))("logits of %j in Python", (options) => {
    const head = new product.FixedClassifier(options);
    head.bias?.forEach((value, c) => {
      (head.bias as Float32Array)[c] = value + c / 8;
    });
    const x = rowOf(options.features);
    const logits = JSON.parse(read(head, x).stdout) as number[];
    const expected = head.forward(x);
    expect(logits).toHaveLength(expected.length);
    logits.forEach((z, c) => {
      expect(z).toBeCloseTo(expected[c] as number, 5);
    });
  });

  (python ? test.each(unreadable) : test.skip.each(unreadable))("refuses %j in Python", (options) => {
    expect(read(new product.FixedClassifier(options), rowOf(options.features)).status).toBe(1);
  });
});
