import { join } from "node:path";
import { PACKAGES, PROBE, programOf, runProbe, runProgram } from "./runtime.js";

/** @import { Runtime } from "./runtime.js" */

const program = () => programOf("@oven", "bin/bun");

/** @type {[name: string, script: string][]} */
const WAYS = [
  ["`import`", "import.js"],
  ["`require`", "require.cjs"],
  ["16 worker threads", "threads.js"],
];

/** @type {Runtime} */
export const bun = {
  name: "Bun",
  packages: PACKAGES,
  prebuild: `${process.platform}-${process.arch}`,
  missing: () => null,
  version: async () => (await runProgram(program(), ["--version"])).stdout.trim(),
  ways: WAYS.map(([name, script]) => ({
    name,
    expects: "native",
    long: script === "threads.js",
    run: (folder) => runProbe(program(), [join(PROBE, script)], { cwd: folder }),
  })),
};
