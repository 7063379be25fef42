import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FixedClassifier } from "fixed-classifier";
import { afterAll, expect, test } from "vitest";
import type { Results } from "../../src/training/result.js";
import { FASHION, lab } from "../support/cli.js";

const root = mkdtempSync(join(tmpdir(), "lab-train-"));
afterAll(() => rmSync(root, { recursive: true }));

const resultsIn = (folder: string): Results =>
  JSON.parse(readFileSync(join(folder, "results.json"), "utf8")) as Results;

/** Three classes of four columns, not quite apart, with names as labels. */
function writeTable(path: string, rows: number): void {
  const lines = ["a,b,c,d,kind"];
  for (let row = 0; row < rows; row++) {
    const kind = row % 3;
    const noise = (k: number): number => Math.sin(97 * row + 31 * k) + Math.sin(row * row + k);
    lines.push(
      [0, 1, 2, 3]
        .map((k) => (kind === k ? 2 : 0) + noise(k))
        .join(",")
        .concat(`,kind ${kind}`),
    );
  }
  writeFileSync(path, lines.join("\n"));
}
const table = join(root, "table.csv");
writeTable(table, 600);

test("everything a run leaves is there and can be used", { timeout: 300_000 }, async () => {
  const out = join(root, "all");
  const args = [
    "--trunk",
    "mlp:32,16",
    "--heads",
    "learned,cosine,hadamard,product:4",
    "--epochs",
    "4",
    "--out",
    out,
  ];
  const { status, stdout, stderr } = await lab(["train", table, ...args]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout.trimEnd().endsWith(`The report: ${join(out, "report.html")}`)).toBe(true);

  const { runs, baselines, data, command } = resultsIn(out);
  expect(runs.map(({ head, status: of }) => [head, of])).toEqual(
    ["learned", "cosine", "hadamard", "product:4"].map((head) => [head, "done"]),
  );
  expect(data.classes).toEqual(["kind 0", "kind 1", "kind 2"]);
  expect(baselines.map(({ name }) => name)).toEqual([
    expect.stringContaining("neighbour"),
    "logistic regression",
  ]);
  expect(command).toContain("--heads learned,cosine,hadamard,product:4");
  for (const { best, epochs, stepMilliseconds, headBytes } of runs) {
    expect(best?.test.rows).toBe(data.rows.test);
    expect(best?.test.accuracy).toBeGreaterThan(0.6);
    expect(epochs).toHaveLength(4);
    expect(stepMilliseconds.head).toBeGreaterThan(0);
    expect(stepMilliseconds.all).toBeGreaterThan(stepMilliseconds.head);
    expect(headBytes).toBeGreaterThan(0);
  }
  expect(readFileSync(join(out, "curves.jsonl"), "utf8").trimEnd().split("\n")).toHaveLength(16);

  const run = join(out, "runs", "hadamard.seed-0");
  const head = FixedClassifier.fromSafetensors(readFileSync(join(run, "head.safetensors")));
  expect([head.features, head.classes]).toEqual([16, 3]);

  const predicted = await lab(["predict", run, table, "--top", "2"]);
  const [header, first, ...others] = predicted.stdout.trimEnd().split("\n");
  expect(header).toBe("row,class_1,probability_1,class_2,probability_2");
  expect(others).toHaveLength(599);
  expect(first).toMatch(/^1,kind \d,0\.\d+,kind \d,[\d.e-]+$/);

  const evaluated = await lab(["evaluate", run, table, "--ood", table, "--json"]);
  const { tests, ood } = JSON.parse(evaluated.stdout);
  const right = others.concat(first).filter((line) => {
    const [row, kind] = line.split(",");
    return kind === `kind ${(Number(row) - 1) % 3}`;
  });
  expect(tests[0].scores.accuracy).toBeCloseTo(right.length / 600, 10);
  // Nothing is told from itself.
  expect(ood[0].energy.auroc).toBeCloseTo(0.5, 10);
});

test("a sweep chooses a rate for each head by validation; one that diverges fails alone", {
  timeout: 300_000,
}, async () => {
  const out = join(root, "sweep");
  const args = [
    "--trunk",
    "linear:16",
    "--optimizer",
    "sgd",
    "--sweep",
    "lr=0.1,1e30",
    "--epochs",
    "3",
    "--seeds",
    "2",
  ];
  const { status, stdout } = await lab(["train", table, ...args, "--baselines", "none", "--out", out]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/learned, seed 0, lr 1e\+30: failed: the (validation )?loss became .*--lr/);
  const { runs, sweep } = resultsIn(out);
  // Those that were not chosen take no more room than their weights.
  const checkpoints = readdirSync(join(out, "runs")).map((run) =>
    join(out, "runs", run, "checkpoint.safetensors"),
  );
  expect(checkpoints.filter((path) => existsSync(path))).toEqual([]);
  const chosen = (of: string) =>
    runs.filter(({ head }) => head === of).map(({ learningRate }) => learningRate);
  expect(chosen("learned")).toEqual([0.1, 0.1]);
  expect(new Set(chosen("hadamard")).size).toBe(1);
  expect(runs.every(({ status: of }) => of === "done")).toBe(true);
  const learned = sweep.filter(({ head }) => head === "learned");
  expect(learned.map((row) => [row.learningRate, row.chosen])).toEqual([
    [0.1, true],
    [1e30, false],
  ]);
  expect(learned[1].validationAccuracy).toBeNull();
});

/** A learned head runs away so, and one that looks at directions does not. */
const RUNAWAY = ["--trunk", "linear:16", "--optimizer", "sgd", "--lr", "1e30", "--epochs", "3"];

test("one head that fails leaves the others their results, and a report", { timeout: 300_000 }, async () => {
  const out = join(root, "failed");
  const args = [...RUNAWAY, "--baselines", "knn"];
  const { status, stdout } = await lab(["train", table, ...args, "--out", out]);
  expect(status).toBe(0);
  expect(stdout).toContain("failed");
  const { runs, baselines } = resultsIn(out);
  const [learned, hadamard] = runs;
  expect(learned).toMatchObject({ status: "failed", failure: expect.stringContaining("--lr"), best: null });
  // It looks at directions alone, so that no length runs away.
  expect(hadamard.status).toBe("done");
  expect(baselines).toHaveLength(1);
  expect(existsSync(join(out, "report.html"))).toBe(true);
});

test("where every run fails, the exit status says so", { timeout: 300_000 }, async () => {
  const out = join(root, "all-failed");
  const args = [...RUNAWAY, "--heads", "learned"];
  const { status } = await lab(["train", table, ...args, "--baselines", "none", "--out", out]);
  expect(status).toBe(1);
  expect(resultsIn(out).runs.map(({ status: of }) => of)).toEqual(["failed"]);
});

test("folds, a configuration file and JSON for machines", { timeout: 300_000 }, async () => {
  const out = join(root, "folds");
  const config = join(root, "experiment.yaml");
  writeFileSync(
    config,
    `data: [${JSON.stringify(table)}]\nheads: [learned, hadamard]\ntrunk: linear:8\nepochs: 9\nfolds: 3\n`,
  );
  const { status, stdout } = await lab([
    "train",
    "--config",
    config,
    "--epochs",
    "2",
    "--json",
    "--out",
    out,
  ]);
  expect(status).toBe(0);
  const events = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { event: string; epoch?: number });
  expect(events.filter(({ event }) => event === "epoch")).toHaveLength(2 * 3 * 2);
  expect(events.filter(({ event }) => event === "result")).toHaveLength(6);
  expect(events.at(-1)).toEqual({
    event: "done",
    results: join(out, "results.json"),
    report: join(out, "report.html"),
  });
  const { runs, baselines } = resultsIn(out);
  expect(runs.map(({ fold }) => fold)).toEqual([0, 0, 1, 1, 2, 2]);
  expect(baselines).toEqual([]);
});

test("text: the next word is told, and the best epoch is the likeliest", { timeout: 300_000 }, async () => {
  const text = join(root, "text.txt");
  const line =
    "the quick brown fox jumps over the lazy dog and the cat sleeps on the warm mat while it rains .";
  writeFileSync(text, Array.from({ length: 400 }, () => line).join("\n"));
  const out = join(root, "text");
  const args = ["--trunk", "lstm:16", "--batch", "4", "--epochs", "6", "--lr", "0.01"];
  const { status, stderr } = await lab(["train", text, ...args, "--out", out]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const { runs, data } = resultsIn(out);
  expect(data.classes).toContain("quick");
  for (const { best, epochs } of runs) {
    // Far from guessing by frequency, which the bias begins with.
    expect(best?.test.nll).toBeLessThan(1);
    expect(best?.epoch).toBe(
      1 +
        epochs
          .map(({ validationLoss }) => validationLoss)
          .indexOf(Math.min(...epochs.map(({ validationLoss }) => validationLoss))),
    );
  }
});

test.each([
  [["train"], /no data: name files or a folder/],
  [["train", join(root, "nothing.npy")], /nothing\.npy/],
  [["train", table, "--heads", "dense"], /--heads: "dense" is no head/],
  [["train", table, "--trunk", "conv:8", "--out", join(root, "refused")], /conv/],
  [["train", table, "--config", join(root, "nothing.yaml")], /nothing\.yaml cannot be read/],
  [["predict", join(root, "nothing"), table], /there is no .*nothing/],
  [["predict", table, table], /table\.csv is no file of the laboratory/],
  [["evaluate", join(root, "all"), table], /has several runs: give one of them/],
])("lab %j ends with one line that says what to do", { timeout: 60_000 }, async (args, message) => {
  const { status, stderr } = await lab(args);
  expect(status).toBe(1);
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr).toMatch(/^error: /);
  expect(existsSync(join(root, "refused"))).toBe(false);
});

test("a model reads only rows like those it was trained on", { timeout: 60_000 }, async () => {
  const run = join(root, "all", "runs", "learned.seed-0");
  const { status, stderr } = await lab(["predict", run, FASHION]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^error: .+/);
  const narrow = join(root, "narrow.csv");
  writeFileSync(narrow, "a,b,kind\n1,2,kind 0\n");
  const other = await lab(["predict", run, narrow]);
  expect(other).toMatchObject({ status: 1, stderr: expect.stringContaining("narrow.csv") });
});
