import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Results } from "../../src/training/result.js";
import { COMMAND, lab } from "../support/cli.js";

const root = mkdtempSync(join(tmpdir(), "lab-odd-"));
afterAll(() => rmSync(root, { recursive: true }));

/** Two classes of two columns. */
function writeTable(path: string, rows: number): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const kind = row % 2;
    return `${kind + Math.sin(97 * row)},${Math.sin(row * row)},kind ${kind}`;
  });
  writeFileSync(path, ["a,b,kind", ...lines].join("\n"));
  return path;
}
const table = writeTable(join(root, "table.csv"), 60);
const SHORT = ["--trunk", "none", "--epochs", "2"];

test.each([
  ["validation", ["--validation", "0"]],
  ["test", ["--test", "0"]],
])("without rows in the %s part nothing is begun", { timeout: 60_000 }, async (part, options) => {
  const out = join(root, `without-${part}`);
  const { status, stderr } = await lab(["train", table, ...SHORT, ...options, "--out", out]);
  expect(status).toBe(1);
  expect(stderr).toMatch(new RegExp(`^error: .*table\\.csv: the ${part} part has no rows.*--${part}`));
  expect(existsSync(out)).toBe(false);
});

test("where data have no such start nothing is begun", { timeout: 60_000 }, async () => {
  const out = join(root, "start");
  const config = join(root, "start.yaml");
  writeFileSync(config, "heads: [product:2]\nstart: co-occurrences\n");
  const { status, stderr } = await lab(["train", table, ...SHORT, "--config", config, "--out", out]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^error: --start co-occurrences is of a text, and this is rows with classes/);
  expect(existsSync(out)).toBe(false);
});

test("a baseline that runs away takes nothing from the heads", { timeout: 60_000 }, async () => {
  const out = join(root, "away");
  const long = join(root, "long.csv");
  // Sums of them are more than float32 holds.
  const lines = Array.from({ length: 60 }, (_, row) => {
    const values = Array.from({ length: 1024 }, (_, k) => 3e38 * Math.sign(Math.sin(97 * row + k * k)));
    return [...values, `kind ${row % 2}`].join(",");
  });
  writeFileSync(long, [[...lines[0].split(",").keys()].map((k) => `c${k}`).join(","), ...lines].join("\n"));
  const args = [
    "train",
    long,
    ...SHORT,
    "--standardize",
    "no",
    "--heads",
    "hadamard",
    "--baselines",
    "logistic",
  ];
  const { status, stdout } = await lab([...args, "--out", out]);
  expect(stdout).toContain("logistic: its loss ran away");
  expect(status).toBe(0);
  expect(existsSync(join(out, "report.html"))).toBe(true);
});

test.each([
  ["in its place", []],
  ["above it", ["below"]],
])("--out with a file %s", { timeout: 60_000 }, async (_, below) => {
  const file = join(root, "a-file");
  writeFileSync(file, "kept");
  const { status, stderr } = await lab(["train", table, ...SHORT, "--out", join(file, ...below)]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^error: .*a-file.* a file.*--out/);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(readFileSync(file, "utf8")).toBe("kept");
});

test("training goes on to its end when nobody reads what it tells", { timeout: 60_000 }, async () => {
  const out = join(root, "unread");
  const child = spawn(process.execPath, [
    COMMAND,
    "train",
    table,
    ...SHORT,
    "--baselines",
    "none",
    "--out",
    out,
  ]);
  let stderr = "";
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  child.stdout.once("data", () => child.stdout.destroy());
  const status = await new Promise((resolve) => child.on("close", resolve));
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(existsSync(join(out, "report.html"))).toBe(true);
});

test("other folds are other data, whose runs are not paired", { timeout: 60_000 }, async () => {
  const hashes = [];
  for (const folds of ["0", "2", "3"]) {
    const out = join(root, `folds-${folds}`);
    const args = ["train", table, ...SHORT, "--heads", "hadamard", "--baselines", "none", "--folds", folds];
    expect(await lab([...args, "--out", out])).toMatchObject({ status: 0, stderr: "" });
    const results = JSON.parse(readFileSync(join(out, "results.json"), "utf8")) as Results;
    hashes.push(results.data.hash);
  }
  expect(new Set(hashes).size).toBe(3);
});

test("an experiment goes on from another folder, and so does its file of options", {
  timeout: 60_000,
}, async () => {
  const [there, here] = ["there", "here"].map((name) => join(root, name));
  for (const folder of [there, here]) mkdirSync(folder);
  writeTable(join(there, "own.csv"), 60);
  const args = ["train", "own.csv", ...SHORT, "--heads", "hadamard", "--baselines", "none", "--out", "runs"];
  expect(await lab(args, undefined, there)).toMatchObject({ status: 0, stderr: "" });
  const resumed = await lab(["train", "--resume", join("..", "there", "runs")], undefined, here);
  expect(resumed).toMatchObject({ status: 0, stderr: "" });
  const options = join("..", "there", "runs", "options.yaml");
  const again = await lab(["train", "--config", options, "--out", "again"], undefined, here);
  expect(again).toMatchObject({ status: 0, stderr: "" });
  const results = JSON.parse(readFileSync(join(here, "again", "results.json"), "utf8")) as Results;
  expect(results.command).toContain(`train ${join("..", "there", "own.csv")} `);
});

test("a head that cannot be made is told of before others are trained", { timeout: 60_000 }, async () => {
  const out = join(root, "impossible");
  const lines = Array.from({ length: 60 }, (_, row) => `${Math.sin(row)},${Math.cos(row)},kind ${row % 12}`);
  const many = join(root, "many.csv");
  writeFileSync(many, ["a,b,kind", ...lines].join("\n"));
  const args = ["train", many, "--trunk", "mlp:8", "--epochs", "1", "--heads", "learned,simplex"];
  const { status, stdout, stderr } = await lab([...args, "--out", out]);
  expect(status).toBe(1);
  expect(stdout).not.toContain("epoch 1/1");
  expect(stderr).toMatch(/^error: the head simplex cannot be made: .*corners.*12 classes.*--heads/);
  expect(existsSync(join(out, "runs"))).toBe(false);
});

test("lines of a table may end in several ways", { timeout: 60_000 }, async () => {
  const mixed = join(root, "mixed.csv");
  writeFileSync(mixed, `${readFileSync(table, "utf8").replaceAll("\n", "\r\n")}\r\n1,2,kind 0\n2,1,kind 1\n`);
  const out = join(root, "mixed");
  const args = ["train", mixed, ...SHORT, "--heads", "hadamard", "--baselines", "none", "--out", out];
  expect(await lab(args)).toMatchObject({ status: 0, stderr: "" });
  const results = JSON.parse(readFileSync(join(out, "results.json"), "utf8")) as Results;
  expect(results.data.classes).toEqual(["kind 0", "kind 1"]);
});

test("a text that is too short is not begun", { timeout: 60_000 }, async () => {
  const text = join(root, "short.txt");
  writeFileSync(text, "the cat sat on a mat .\n".repeat(60));
  const out = join(root, "short");
  const { status, stderr } = await lab(["train", text, "--trunk", "lstm:8", "--epochs", "1", "--out", out]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^error: .*short\.txt: the validation part has \d+ words, .* 528 words a part/);
  expect(existsSync(out)).toBe(false);
});
