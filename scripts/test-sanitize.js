// Builds the addon and the programs of test/native with AddressSanitizer and UndefinedBehaviorSanitizer, in a copy of the checkout,
// and runs these programs and the tests; arguments go to Jest. The pool goes through ThreadSanitizer too.
import { execFileSync } from "node:child_process";
import { existsSync, symlinkSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { copyCheckout, runIn } from "./checkout.js";
import { buildHarness, harnessIn, KERNELS, POOL } from "./harness.js";
import { fromRoot } from "./paths.js";
import { compilerEnvironment } from "./toolchain.js";

const compiler = (compilerEnvironment().CXX ?? "c++").split(/\s+/)[0];
// Node itself is not sanitized: the runtime must be there before Node allocates, and with it the library of the exceptions that it
// watches.
const runtimes = ["libasan.so", "libstdc++.so.6"].map(libraryOf);

const checked = sanitizedCopy("memory", "address,undefined");
for (const program of [KERNELS, POOL]) runIn(checked, harnessIn(checked, program), ["--seconds", "20"]);

// ThreadSanitizer knows no children of fork that start threads.
const threads = sanitizedCopy("threads", "thread", [POOL]);
runIn(threads, harnessIn(threads, POOL), ["--seconds", "10", "--only", "callers"]);

// Sanitized code takes several times as long.
runIn(checked, process.execPath, ["scripts/jest.js", "--testTimeout=120000", ...process.argv.slice(2)], {
  // One that does not load is a failure, not a skip.
  FIXED_CLASSIFIER_BACKEND: "native",
  LD_PRELOAD: runtimes.join(" "),
  // V8 leaves its memory to the end of the process, and hides pointers where no search for leaks finds them; what the addon leaks,
  // test/backends/environments.test.ts sees.
  ASAN_OPTIONS: "detect_leaks=0",
  UBSAN_OPTIONS: "print_stacktrace=1",
});

/**
 * Builds all, or some targets, in a folder of its own.
 * @param {string} name
 * @param {string} sanitizers
 * @param {string[]} targets
 * @returns the folder
 */
function sanitizedCopy(name, sanitizers, targets = []) {
  const copy = fromRoot("build-sanitize", name);
  copyCheckout(copy);
  const packages = join(copy, "node_modules");
  if (!existsSync(packages)) symlinkSync(fromRoot("node_modules"), packages);
  console.log(`building with -fsanitize=${sanitizers} …`);
  const flags = `-fsanitize=${sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1`;
  // Optimised further, it takes far longer to compile.
  buildHarness({ checkout: copy, targets, env: { CXXFLAGS: `${flags} -O1`, LDFLAGS: flags } });
  return copy;
}

/** @param {string} name */
function libraryOf(name) {
  // The compiler answers with the bare name when it has no such file.
  const path = execFileSync(compiler, [`-print-file-name=${name}`], { encoding: "utf8" }).trim();
  if (isAbsolute(path)) return path;
  console.error(`test:sanitize needs Linux and GCC with its sanitizers: ${compiler} has no ${name}`);
  process.exit(1);
}
