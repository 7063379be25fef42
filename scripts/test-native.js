// Builds the programs of test/native and runs both, or that of the kernels with the arguments given.
import { runIn } from "./checkout.js";
import { buildHarness, harnessIn, KERNELS, POOL } from "./harness.js";
import { root } from "./paths.js";

const options = process.argv.slice(2);

buildHarness();
runIn(root, harnessIn(root, KERNELS), options);
if (options.length === 0) runIn(root, harnessIn(root, POOL), ["--seconds", "5"]);
