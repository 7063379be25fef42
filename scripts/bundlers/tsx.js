import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lostIn, probeOf, runProgram } from "./run.js";

/** @import { Bundler } from "./bundler.js" */

/** @type {[name: string, type: string][]} */
const FORMATS = [
  ["ESM", "module"],
  ["CommonJS", "commonjs"],
];

/** @type {Bundler} */
export const tsx = {
  name: "tsx",
  package: "tsx",
  ways: FORMATS.map(([name, type]) => ({
    name,
    expects: "native",
    async run(project) {
      // One file, for a program in CommonJS cannot require the probe as the ES module that it is.
      const folder = join(project, "typescript", type);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type }));
      const source = readFileSync(join(project, "src/probe.js"), "utf8");
      const call = "const told: object = probe();\nconsole.log(JSON.stringify(told));\n";
      writeFileSync(join(folder, "server.ts"), `${source}\n${call}`);
      const bin = join(project, "node_modules/.bin/tsx");
      const { stdout, stderr } = await runProgram(bin, [join(folder, "server.ts")], { cwd: project });
      return { told: probeOf(stdout), lost: lostIn(stderr) };
    },
  })),
};
