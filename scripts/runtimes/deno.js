// Deno, which asks for a permission to load an addon, to read a file and to read the environment.
import { join } from "node:path";
import { PACKAGES, PROBE, programOf, runProbe, runProgram } from "./runtime.js";

/** @import { Runtime, Way } from "./runtime.js" */

const program = () => programOf("@deno", "deno");

/** @type {[name: string, expects: Way["expects"], permissions: string[], script: string][]} */
const WAYS = [
  ["`import`, `--allow-all`", "native", ["--allow-all"], "import.js"],
  ["`require`, `--allow-all`", "native", ["--allow-all"], "require.cjs"],
  ["16 worker threads, `--allow-all`", "native", ["--allow-all"], "threads.js"],
  ["`--allow-read --allow-env`", "wasm", ["--allow-read", "--allow-env"], "import.js"],
  ["no permissions", "wasm", [], "import.js"],
];

/** @type {Runtime} */
export const deno = {
  name: "Deno",
  packages: PACKAGES,
  prebuild: `${process.platform}-${process.arch}`,
  missing: () => null,
  version: async () => (await runProgram(program(), ["--version"])).stdout.split(" ")[1],
  ways: WAYS.map(([name, expects, permissions, script]) => ({
    name,
    expects,
    long: script === "threads.js",
    run: (folder) =>
      runProbe(program(), ["run", "--no-prompt", "--no-lock", ...permissions, join(PROBE, script)], {
        cwd: folder,
      }),
  })),
};
