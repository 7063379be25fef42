import { join } from "node:path";
import { runTool } from "./run.js";
import { bundledWays, externalWay, pageWay } from "./ways.js";

/** @import { Bundler } from "./bundler.js" */

/**
 * @param {string} source
 * @param {string} file
 * @param {"es" | "cjs" | "iife"} format
 * @param {string[]} flags
 * @returns {(project: string, output: string) => Promise<string>}
 */
const build =
  (source, file, format, ...flags) =>
  (project, output) =>
    runTool(project, "rollup", [
      `src/${source}.js`,
      "--failAfterWarnings",
      `--format=${format}`,
      `--file=${join(output, file)}`,
      ...flags,
    ]);

const BROWSER = "--plugin=node-resolve={browser:true}";
const SERVER = "--plugin=node-resolve={exportConditions:['node']}";

/** @type {Bundler} */
export const rollup = {
  name: "Rollup",
  package: "rollup",
  keeps: '`external: ["fixed-classifier"]`',
  ways: [
    pageWay("rollup", "ESM", "module", build("page", "page.js", "es", BROWSER)),
    pageWay("rollup", "IIFE", "", build("page", "page.js", "iife", BROWSER)),
    ...bundledWays("rollup", "ESM", "server.mjs", build("server", "server.mjs", "es", SERVER)),
    ...bundledWays("rollup", "CommonJS", "server.cjs", build("server", "server.cjs", "cjs", SERVER)),
    externalWay(
      "rollup",
      "ESM",
      '`external: ["fixed-classifier"]`',
      "server.mjs",
      build("server", "server.mjs", "es", SERVER, "--external=fixed-classifier"),
    ),
  ],
};
