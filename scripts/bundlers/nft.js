import { cpSync } from "node:fs";
import { join } from "node:path";
import { addonOf } from "../prebuild/targets.js";
import { filesOf, inspect, newOutput } from "./output.js";
import { NAME, runElsewhere, runProgram } from "./run.js";

/** @import { Bundler } from "./bundler.js" */

const INSTALLED = `node_modules/${NAME}`;
const target = `${process.platform}-${process.arch}`;
/** On Linux that of the other C library too: what is traced there may run in a container with Alpine. */
const ADDON = new RegExp(`^${INSTALLED}/${addonOf(target).replace(target, `${target}(-musl)?`)}$`);

/** @type {Bundler} */
export const nft = {
  name: "@vercel/nft",
  package: "@vercel/nft",
  ways: [
    {
      name: "a server and the files that it needs",
      expects: "native",
      async run(project) {
        const { stdout } = await runProgram(process.execPath, ["trace.js", "src/server.js"], {
          cwd: project,
        });
        /** @type {{ files: string[], warnings: string[] }} */
        const { files, warnings } = JSON.parse(stdout);
        if (warnings.length > 0) throw new Error(`it warns: ${warnings.join("; ")}`);
        const folder = newOutput(project, "nft");
        for (const file of files) cpSync(join(project, file), join(folder, file));
        const addons = filesOf(folder).filter((file) => ADDON.test(file));
        const output = inspect(folder, [
          "package.json",
          "src/probe.js",
          "src/server.js",
          `${INSTALLED}/package.json`,
          `${INSTALLED}/dist/index.cjs`,
          `${INSTALLED}/dist/index.js`,
          ...addons,
        ]);
        return { ...(await runElsewhere(project, folder, "src/server.js")), output };
      },
    },
  ],
};
