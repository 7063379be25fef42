import { probeOf, runTool } from "./run.js";

/** @import { Bundler } from "./bundler.js" */

/** @type {Bundler} */
export const vitest = {
  name: "Vitest",
  package: "vitest",
  ways: [
    {
      name: "as it is",
      expects: "native",
      run: async (project) => ({
        told: probeOf(await runTool(project, "vitest", ["run", "--dir", "vitest"])),
      }),
    },
  ],
};
