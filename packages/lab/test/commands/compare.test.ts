import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compare } from "../../src/commands/compare.js";
import { readSources } from "../../src/report/read.js";
import type { Results } from "../../src/training/result.js";
import { madeResults } from "../support/results.js";

describe("compare", () => {
  const folder = mkdtempSync(join(tmpdir(), "compare-"));
  const at = (...parts: string[]): string => join(folder, ...parts);
  const keep = (name: string, results: unknown): void => {
    mkdirSync(at(name), { recursive: true });
    writeFileSync(at(name, "results.json"), JSON.stringify(results));
  };
  let learned: Results;

  beforeAll(() => {
    learned = madeResults({ classes: 5, heads: ["learned"], seeds: 2 });
    keep("a/run", learned);
    keep("b/run", madeResults({ classes: 5, heads: ["hadamard"], seeds: 2 }));
    keep("c", madeResults({ classes: 7, heads: ["hadamard"], seeds: 2, hash: "another" }));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("pairs heads of several files on the same data", async () => {
    const text = await compare([at("a/run"), at("b/run", "results.json")], at("out.html"));
    expect(text).toContain("b/run: hadamard");
    expect(text.replaceAll("\n", " ")).toContain("paired, t over 2 seeds");
    expect(text).toContain(`The report: ${at("out.html")}`);
    expect(readFileSync(at("out.html"), "utf8")).toContain("a/run: learned");
  });

  test("says that other data cannot be paired", async () => {
    const text = (await compare([at("a/run"), at("c")], at("other.html"))).replaceAll("\n", " ");
    expect(text).toContain("differences are paired only between heads of the same data");
    expect(text).toContain("not paired, Welch over 2 and 2 seeds");
  });

  test("of one file tells what train told", async () => {
    expect(await compare([at("c")], at("one.html"))).toMatch(/^hadamard /m);
  });

  test("names files by what tells them apart, and reads them unchanged", () => {
    expect(readSources([at("a/run"), at("c")]).map(({ name }) => name)).toEqual(["run", "c"]);
    expect(readSources([at("a/run"), at("b/run")]).map(({ name }) => name)).toEqual(["a/run", "b/run"]);
    expect(readSources([at("a/run")])[0].results).toEqual(learned);
  });

  test("says what cannot be read, and writes nothing", async () => {
    keep("broken", learned);
    writeFileSync(at("broken", "results.json"), JSON.stringify(learned).slice(0, 1000));
    keep("foreign", { format: "another" });
    mkdirSync(at("empty"), { recursive: true });
    const out = at("never.html");
    await expect(compare([at("nowhere")], out)).rejects.toThrow("there is no");
    await expect(compare([at("empty")], out)).rejects.toThrow("the experiment has not ended");
    await expect(compare([at("a/run"), at("broken")], out)).rejects.toThrow("take another copy");
    await expect(compare([at("foreign")], out)).rejects.toThrow("holds no results of the laboratory");
    await expect(compare([at("c"), at("c", "results.json")], out)).rejects.toThrow("given twice");
    expect(existsSync(out)).toBe(false);
  });
});
