import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { lab } from "../support/cli.js";

const root = mkdtempSync(join(tmpdir(), "lab-hold-"));
afterAll(() => rmSync(root, { recursive: true }));

/** Larger than Linux gives. */
const NOBODY = 2 ** 30;

test("two processes do not train in one folder; one that was killed holds it no longer", {
  timeout: 60_000,
}, async () => {
  const table = join(root, "table.csv");
  const lines = Array.from({ length: 60 }, (_, row) => `${(row % 2) + Math.sin(97 * row)},kind ${row % 2}`);
  writeFileSync(table, ["a,kind", ...lines].join("\n"));
  const out = join(root, "run");
  const short = ["--trunk", "none", "--epochs", "2", "--heads", "hadamard", "--baselines", "none"];
  expect(await lab(["train", table, ...short, "--out", out])).toMatchObject({ status: 0, stderr: "" });
  const mark = join(out, "process.pid");
  expect(existsSync(mark)).toBe(false);

  writeFileSync(mark, String(process.pid));
  const held = await lab(["train", "--resume", out]);
  expect(held.status).toBe(1);
  expect(held.stderr).toMatch(
    new RegExp(`^error: process ${process.pid} trains in .*run: wait .*process\\.pid`),
  );

  for (const left of [String(NOBODY), ""]) {
    writeFileSync(mark, left);
    expect(await lab(["train", "--resume", out])).toMatchObject({ status: 0, stderr: "" });
    expect(existsSync(mark)).toBe(false);
  }
});
