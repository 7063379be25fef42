/** Scripts that run in a process of their own, with the built package. */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const folder = fileURLToPath(new URL("../environments/", import.meta.url));

const { ASAN_OPTIONS = "", EMULATED, MEMORY_COUNT } = process.env;

const { FIXED_CLASSIFIER_BACKEND: _backend, FIXED_CLASSIFIER_ISA: _isa, ...others } = process.env;

/** The environment of a process that chooses its backend by itself, whatever the tests themselves were told to run on. */
export const freeChoice: NodeJS.ProcessEnv = others;

export const sanitized = ASAN_OPTIONS !== "";

/** Milliseconds. Some seconds are enough for a test; under emulation, and where all is made ten times as often, some minutes. */
export const PATIENCE = EMULATED === undefined && MEMORY_COUNT === undefined ? 120_000 : 600_000;

/** Runs a script of the folder with Node. */
export const runScript = (script: string, ...args: (string | number)[]) =>
  promisify(execFile)(process.execPath, ["--expose-gc", `${folder}${script}`, ...args.map(String)], {
    // Allocators keep what is freed, by themselves glibc up to 32 MB a piece and AddressSanitizer all of it, which looks like a leak.
    env: {
      ...process.env,
      MALLOC_MMAP_THRESHOLD_: "65536",
      ASAN_OPTIONS: `${ASAN_OPTIONS}:quarantine_size_mb=0:thread_local_quarantine_size_kb=0`,
    },
    timeout: PATIENCE - 20_000,
  });
