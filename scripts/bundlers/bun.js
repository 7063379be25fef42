import { readdirSync } from "node:fs";
import { join } from "node:path";
import { refuseWarnings, runProgram } from "./run.js";
import { bundledWays, externalWay, pageWay } from "./ways.js";

/** @import { Bundler } from "./bundler.js" */

/**
 * Bun for this machine: its command comes with an install script, which is not run.
 * @param {string} project
 */
function bunIn(project) {
  const folder = join(project, "node_modules/@oven");
  return join(folder, readdirSync(folder).sort()[0], "bin/bun");
}

/**
 * @param {string} source
 * @param {string} file
 * @param {string[]} flags
 * @returns {(project: string, output: string) => Promise<void>}
 */
const build =
  (source, file, ...flags) =>
  async (project, output) => {
    const args = ["build", `src/${source}.js`, "--minify", `--outfile=${join(output, file)}`, ...flags];
    const { stdout, stderr } = await runProgram(bunIn(project), args, { cwd: project });
    refuseWarnings("bun", `${stdout}${stderr}`);
  };

const PROGRAM = "server";

/** @type {Bundler} */
export const bun = {
  name: "Bun",
  package: "bun",
  keeps:
    "`--external fixed-classifier`, or `--packages external`; of `--compile`, `prebuilds` beside the executable",
  ways: [
    pageWay("bun", "ESM", "module", build("page", "page.js", "--target=browser")),
    ...bundledWays("bun", "`--target=node`", "server.js", build("server", "server.js", "--target=node")),
    externalWay(
      "bun",
      "`--target=node`",
      "`--external fixed-classifier`",
      "server.js",
      build("server", "server.js", "--target=node", "--external=fixed-classifier"),
    ),
    ...bundledWays("bun", "`--target=bun`", "server.js", build("server", "server.js", "--target=bun"), bunIn),
    ...bundledWays("bun", "`--compile`", PROGRAM, build("server", PROGRAM, "--compile"), () => null),
  ],
};
