import { join } from "node:path";
import { probeOf, runTool } from "./run.js";

/** @import { Bundler } from "./bundler.js" */

/**
 * Runs the tests of a folder as Jest does by default; `flags` are of Node.js.
 * @param {string} project
 * @param {string} folder
 * @param {string} flags
 */
async function test(project, folder, flags = "") {
  const stdout = await runTool(project, "jest", ["--runInBand"], {
    cwd: join(project, folder),
    env: { NODE_OPTIONS: flags },
  });
  return { told: probeOf(stdout) };
}

/** @type {Bundler} */
export const jest = {
  name: "Jest",
  package: "jest",
  ways: [
    {
      name: "as it is, in CommonJS",
      expects: "native",
      async run(project) {
        await runTool(project, "esbuild", [
          "src/probe.js",
          "--format=cjs",
          "--outfile=jest-default/probe.js",
          "--log-level=warning",
        ]);
        return test(project, "jest-default");
      },
    },
    {
      name: "ES modules, `--experimental-vm-modules`",
      expects: "native",
      run: (project) => test(project, "jest-esm", "--experimental-vm-modules --no-warnings"),
    },
  ],
};
