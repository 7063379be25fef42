import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Random } from "../../src/random.js";
import type { Results } from "../../src/training/result.js";
import { FASHION, lab } from "../support/cli.js";

const root = mkdtempSync(join(tmpdir(), "lab-resume-"));
afterAll(() => rmSync(root, { recursive: true }));

/** Few steps, each kept: wherever it is killed, it goes on from the step before. */
const EXPERIMENT = [
  FASHION,
  "--trunk",
  "mlp:32,16",
  "--epochs",
  "2",
  "--heads",
  "learned,product:8",
  "--batch",
  "512",
];
const KEEP_ALL = ["--save-every", "0", "--baselines", "none"];
/** Of both heads: 10 an epoch. */
const STEPS = 40;
/** More with LAB_KILLS: the issue of a kill must not depend on where it strikes. */
const KILLS = Number(process.env.LAB_KILLS ?? 4);

/** Hashes of all weights, and all that was measured but times. */
function stateOf(folder: string) {
  const runs = join(folder, "runs");
  const weights = readdirSync(runs).map((run) =>
    ["best", "last", "trunk", "head"].map((name) =>
      createHash("sha256")
        .update(readFileSync(join(runs, run, `${name}.safetensors`)))
        .digest("hex"),
    ),
  );
  const results = JSON.parse(readFileSync(join(folder, "results.json"), "utf8")) as Results;
  const measured = results.runs.map(({ seconds, stepMilliseconds, epochs, ...rest }) => ({
    ...rest,
    epochs: epochs.map(({ seconds: _, ...epoch }) => epoch),
  }));
  return { weights, measured };
}

/** Kills when the checkpoints below the folder were written so many times more: after as many steps, wherever that is. */
function killAfter(writes: number, folder: string, kill: (signal: NodeJS.Signals) => void): NodeJS.Timeout {
  const runs = join(folder, "runs");
  const times = new Map<string, bigint>();
  let seen = -1;
  return setInterval(() => {
    for (const run of existsSync(runs) ? readdirSync(runs) : []) {
      const path = join(runs, run, "checkpoint.safetensors");
      const time = statSync(path, { bigint: true, throwIfNoEntry: false })?.mtimeNs;
      if (time === undefined || times.get(path) === time) continue;
      times.set(path, time);
      if (++seen >= writes) kill("SIGKILL");
    }
  }, 1);
}

test("killed at random, an experiment goes on to the same bits", { timeout: 600_000 }, async () => {
  const whole = join(root, "whole");
  expect(await lab(["train", ...EXPERIMENT, ...KEEP_ALL, "--out", whole])).toMatchObject({ status: 0 });

  const broken = join(root, "broken");
  const seed = Date.now();
  const random = new Random(seed);
  let kills = 0;
  for (;;) {
    const begun = existsSync(join(broken, "options.yaml"));
    const args = begun
      ? ["train", "--resume", broken]
      : ["train", ...EXPERIMENT, ...KEEP_ALL, "--out", broken];
    let timer: NodeJS.Timeout | undefined;
    const { status, stderr } = await lab(args, (kill) => {
      // So few steps that it is not through before the last kill.
      if (kills < KILLS) timer = killAfter(random.integer(Math.floor(STEPS / KILLS)), broken, kill);
    });
    clearInterval(timer);
    if (status === 0) break;
    expect(stderr).toBe("");
    kills++;
  }
  expect(kills).toBe(KILLS);
  expect(stateOf(broken), `seed ${seed}`).toEqual(stateOf(whole));
});

test("Ctrl-C keeps where it is and tells how to go on", { timeout: 600_000 }, async () => {
  const folder = join(root, "stopped");
  const args = [
    "train",
    FASHION,
    "--trunk",
    "mlp:32,16",
    "--epochs",
    "500",
    "--heads",
    "hadamard",
    "--out",
    folder,
  ];
  const stopped = await lab(args, (kill) => {
    const timer = setInterval(() => {
      if (!existsSync(join(folder, "runs"))) return;
      clearInterval(timer);
      kill("SIGINT");
    }, 100);
  });
  expect(stopped.status).toBe(130);
  expect(stopped.stdout).toContain(`--resume ${folder}`);
  expect(existsSync(join(folder, "runs", "hadamard.seed-0", "checkpoint.safetensors"))).toBe(true);
  expect(existsSync(join(folder, "results.json"))).toBe(false);
});

test("a checkpoint goes on with its own data and options only", { timeout: 600_000 }, async () => {
  const folder = join(root, "stopped");
  const more = await lab(["train", "--resume", folder, "--epochs", "3"]);
  expect(more).toMatchObject({ status: 1, stderr: expect.stringContaining("--resume goes on as it began") });
  const nothing = await lab(["train", "--resume", join(root, "nothing")]);
  expect(nothing).toMatchObject({ status: 1, stderr: expect.stringContaining("has no options.yaml") });
  const over = await lab(["train", FASHION, "--out", folder]);
  expect(over).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("is there already: go on with it by --resume"),
  });
});
