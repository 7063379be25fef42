// Runs the programs of test/native and the tests of memory under valgrind, which knows what was never written, with the scalar
// kernels; arguments go to the program of the kernels, which then runs alone.
import { runIn } from "./checkout.js";
import { buildHarness, harnessIn, KERNELS, POOL } from "./harness.js";
import { fromRoot, root } from "./paths.js";
import { findProgram } from "./toolchain.js";

const NODE_FLAGS = ["--single-threaded", "--experimental-vm-modules", "--no-warnings"];
const TESTS = ["test/backends/memory.test.ts", "-t", "native scalar"];

const valgrind = findProgram("valgrind") ?? notThere();
const options = process.argv.slice(2);

buildHarness();
if (options.length > 0) {
  checkKernels(options);
} else {
  checkKernels(["--instruction-sets", "scalar", "--seconds", "60"]);
  // What belongs to the threads of the pool is never freed, and in a child of fork these are not there.
  check([], harnessIn(root, POOL), ["--seconds", "20"]);
  checkTests();
}

/** @returns {never} */
function notThere() {
  console.error("test:valgrind needs valgrind; on Debian and Ubuntu:\n  apt-get install valgrind");
  process.exit(1);
}

/** @param {string[]} args */
function checkKernels(args) {
  check(["--leak-check=full", "--errors-for-leak-kinds=definite"], harnessIn(root, KERNELS), args);
}

// In one process, which is the one that loads the addon.
function checkTests() {
  const jest = [
    ...NODE_FLAGS,
    "node_modules/jest/bin/jest.js",
    "--runInBand",
    "--testTimeout=600000",
    ...TESTS,
  ];
  const flags = ["--smc-check=all-non-file", `--suppressions=${fromRoot("test/native/valgrind.supp")}`];
  check(flags, process.execPath, jest, {
    FIXED_CLASSIFIER_ISA: "scalar",
    FIXED_CLASSIFIER_BACKEND: "native",
  });
}

/**
 * @param {string[]} flags of valgrind
 * @param {string} program
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
function check(flags, program, args, env) {
  runIn(root, valgrind, ["--quiet", "--error-exitcode=1", ...flags, program, ...args], env);
}
