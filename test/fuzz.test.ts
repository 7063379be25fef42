/** The fuzzer finds what is wrong, and finds nothing here. */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Milliseconds. Some seconds are enough for a test, under emulation some minutes. */
const PATIENCE = process.env.EMULATED === undefined ? 120_000 : 600_000;

const run = (script: string, ...args: string[]) =>
  promisify(execFile)(process.execPath, [`${root}${script}`, ...args], { timeout: PATIENCE - 20_000 });

interface Report {
  readonly operation: string;
  readonly message: string;
}

test(
  "3000 cases on every backend",
  async () => {
    const { stdout } = await run("scripts/fuzz.js", "--seed", "1", "--cases", "3000", "--jobs", "1");
    expect(stdout).toMatch(/^ +3000 {2}cases in /m);
  },
  PATIENCE,
);

test("what backends do wrong is found", async () => {
  const { stdout } = await run("test/environments/broken-backends.js");
  const reports = JSON.parse(stdout) as Record<string, Report | null>;
  const messages = Object.entries(reports).map(([what, report]) => [what, report?.message.split("\n")[0]]);
  expect(Object.fromEntries(messages)).toEqual({
    "nothing wrong": undefined,
    "another bit": expect.stringMatching(/^x\[0\] of \d+ is .+ and .+, of js scalar and of js scalar$/),
    "a byte before": expect.stringMatching(/^a byte at \d+ was written outside its results/),
    "a byte behind": expect.stringMatching(/^a byte at \d+ was written outside its results/),
    "an error": "unexpected Error: not this one",
    "nothing at all": expect.stringMatching(/^x\[\d+\] of \d+ is .+ and .+/),
    "an input": expect.stringMatching(/^a byte at \d+ was written outside its results/),
  });
});

test("a failure is told with the command that repeats it", async () => {
  await expect(run("scripts/fuzz.js", "--only", "nothing")).rejects.toMatchObject({
    stderr: expect.stringContaining('"nothing" is none of fwht, fwht.plan, '),
  });
});
