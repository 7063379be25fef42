/** Where the addon runs: worker threads that come and go, and processes that end in the middle of work. */

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { backends } from "../support/backends.js";

const folder = fileURLToPath(new URL("../environments/", import.meta.url));

const { ASAN_OPTIONS = "" } = process.env;

/** AddressSanitizer needs some 20 MB for itself meanwhile: of more workers a leak stands out from that. */
const WORKERS = ASAN_OPTIONS === "" ? 78 : 156;

/** Milliseconds. Some seconds are enough for a test, under emulation some minutes. */
const PATIENCE = process.env.EMULATED === undefined ? 120_000 : 600_000;

/** Runs a script of the folder with Node. */
const run = (script: string, ...args: (string | number)[]) =>
  promisify(execFile)(process.execPath, ["--expose-gc", `${folder}${script}`, ...args.map(String)], {
    // Allocators keep what is freed, by themselves glibc up to 32 MB a piece and AddressSanitizer all of it, which looks like a leak.
    env: {
      ...process.env,
      MALLOC_MMAP_THRESHOLD_: "65536",
      ASAN_OPTIONS: `${ASAN_OPTIONS}:quarantine_size_mb=0:thread_local_quarantine_size_kb=0`,
    },
    timeout: PATIENCE - 20_000,
  });

const native = backends.some(({ name }) => name === "native");
const runs = native ? describe : describe.skip;
/** Threads of the operating system are counted where Linux lists them. */
const counts = native && existsSync("/proc/self/task") ? test : test.skip;

runs("native", () => {
  counts(
    "worker threads that end in every way, in the middle of work too, leave nothing behind",
    async () => {
      const { stdout } = await run("workers.js", 24, WORKERS);
      const { before, after } = JSON.parse(stdout);
      // The pool's are there from the first worker on.
      expect(after.threads).toBe(before.threads);
      // A head holds 0.4 MB and an array of a worker 0.7. Node keeps one or two in all.
      expect(after.megabytes - before.megabytes).toBeLessThan(0.25 * WORKERS);
    },
    PATIENCE,
  );

  // Of a pending forwardAsync, of a worker in a call on several threads, of a worker with a pending forwardAsync.
  test.each(["main", "work", "wait"])(
    "process.exit in the middle of work: %s",
    async (where) => {
      await expect(run("exit.js", where, 7)).rejects.toMatchObject({ code: 7, signal: null, killed: false });
    },
    PATIENCE,
  );
});
