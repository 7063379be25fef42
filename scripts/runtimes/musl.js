// Bun on musl, as on Alpine: npm has no Node.js for it.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { BUN, LIBRARIES, missingMusl, prepareMusl } from "../prebuild/musl.js";
import { addonIn } from "./install.js";
import { PROBE, runProbe, runProgram } from "./runtime.js";

/** @import { Runtime } from "./runtime.js" */

const TARGET = "linux-x64-musl";
const env = { LD_LIBRARY_PATH: LIBRARIES };

/** @type {Runtime} */
export const musl = {
  name: "Bun for Linux with musl",
  packages: null,
  prebuild: TARGET,
  missing: (folder) => missingMusl() ?? (existsSync(addonIn(folder, TARGET)) ? null : "npm run prebuild"),
  async version() {
    prepareMusl();
    return (await runProgram(BUN, ["--version"], { env })).stdout.trim();
  },
  ways: ["import.js", "require.cjs"].map((script) => ({
    name: script === "import.js" ? "`import`" : "`require`",
    expects: "native",
    run: (folder) => runProbe(BUN, [join(PROBE, script)], { cwd: folder, env }),
  })),
};
