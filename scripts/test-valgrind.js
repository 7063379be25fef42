// Runs the programs of test/native under valgrind; arguments go to that of the kernels.
import { runIn } from "./checkout.js";
import { buildHarness, harnessIn, KERNELS, POOL } from "./harness.js";
import { root } from "./paths.js";
import { findProgram } from "./toolchain.js";

const valgrind = findProgram("valgrind");
if (valgrind === null) {
  console.error("test:valgrind needs valgrind; on Debian and Ubuntu:\n  apt-get install valgrind");
  process.exit(1);
}

const options = process.argv.slice(2);
const withDefaults = options.length > 0 ? options : ["--instruction-sets", "scalar", "--seconds", "60"];

buildHarness();
check(KERNELS, ["--leak-check=full", "--errors-for-leak-kinds=definite"], withDefaults);
// What belongs to the threads of the pool is never freed, and in a child of fork these are not there.
check(POOL, ["--leak-check=no"], ["--seconds", "20"]);

function check(program, leaks, args) {
  runIn(root, valgrind, ["--quiet", "--error-exitcode=1", ...leaks, harnessIn(root, program), ...args]);
}
