// Node.js: every major version in service, and every way to be without the addon, without WebAssembly or without either.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fromRoot } from "../paths.js";
import { NODES, PROBE, runProbe, runProgram } from "./runtime.js";

/** @import { Runtime, Way } from "./runtime.js" */

const MAJORS = [20, 22, 24, 26];

/** Every major version, from npm. */
export const nodes = MAJORS.map((major) =>
  node(`Node ${major}`, fromRoot(NODES, `node_modules/node-${major}/bin/node`), major, NODES),
);

/** The one that runs this script, without a package. */
export const thisNode = node("Node", process.execPath, Number.parseInt(process.versions.node, 10), null);

/**
 * @param {string} name
 * @param {string} program
 * @param {number} major
 * @param {string | null} packages
 * @returns {Runtime}
 */
function node(name, program, major, packages) {
  const permission = major < 22 ? "--experimental-permission" : "--permission";
  /**
   * @param {string} title
   * @param {Way["expects"]} expects
   * @param {(folder: string) => string[]} args
   * @returns {Way}
   */
  const way = (title, expects, args) => ({
    name: title,
    expects,
    run: (folder) => runProbe(program, args(folder), { cwd: folder }),
  });
  const imported = join(PROBE, "import.js");
  return {
    name,
    packages,
    prebuild: `${process.platform}-${process.arch}`,
    missing: () => (packages === null || existsSync(program) ? null : "Linux on x64"),
    version: async () => (await runProgram(program, ["--version"])).stdout.trim(),
    ways: [
      way("`import`", "native", () => [imported]),
      way("`require`", "native", () => [join(PROBE, "require.cjs")]),
      { ...way("16 worker threads", "native", () => [join(PROBE, "threads.js")]), long: true },
      way("`--permission`", "wasm", (folder) => [permission, `--allow-fs-read=${folder}/*`, imported]),
      // Node 20 has no permission for addons: they are always forbidden.
      ...(major < 22
        ? []
        : [
            way("`--permission --allow-addons`", "native", (folder) => [
              permission,
              "--allow-addons",
              `--allow-fs-read=${folder}/*`,
              imported,
            ]),
          ]),
      way("`--no-addons`", "wasm", () => ["--no-addons", imported]),
      way("`--jitless`", "native", () => ["--jitless", imported]),
      way("`--jitless --no-addons`", "js", () => ["--jitless", "--no-addons", imported]),
    ],
  };
}
