/** Where the addon runs: worker threads that come and go, and processes that end in the middle of work. */

import { existsSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { backends } from "../support/backends.js";
import { PATIENCE, runScript, sanitized } from "../support/environments.js";

const WORKERS = 78;

/** How many megabytes more the process has after so many workers. */
async function growth(...args: string[]) {
  const { stdout } = await runScript("workers.js", 24, WORKERS, ...args);
  const { before, after } = JSON.parse(stdout);
  // The pool's are there from the first worker on.
  expect(after.threads).toBe(before.threads);
  return after.megabytes - before.megabytes;
}

const native = backends.some(({ name }) => name === "native");
const runs = native ? describe : describe.skip;
/** Threads of the operating system are counted where Linux lists them. */
const counts = native && existsSync("/proc/self/task") ? test : test.skip;

runs("native", () => {
  counts(
    "worker threads that end in every way, in the middle of work too, leave nothing behind",
    async () => {
      // AddressSanitizer keeps up to half a megabyte of any worker.
      const kept = sanitized ? await growth("empty") : 0;
      // A head holds 0.4 MB and an array of a worker 0.7. Node keeps one or two in all.
      expect((await growth()) - kept).toBeLessThan(0.25 * WORKERS);
    },
    PATIENCE,
  );

  // Of a pending forwardAsync, of a worker in a call on several threads, of a worker with a pending forwardAsync.
  test.each(["main", "work", "wait"])(
    "process.exit in the middle of work: %s",
    async (where) => {
      await expect(runScript("exit.js", where, 7)).rejects.toMatchObject({
        code: 7,
        signal: null,
        killed: false,
      });
    },
    PATIENCE,
  );
});
