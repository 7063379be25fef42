import { join } from "node:path";
import { runTool } from "./run.js";
import { bundledWays, externalWay, pageWay } from "./ways.js";

/** @import { Bundler } from "./bundler.js" */

/**
 * @param {string} source
 * @param {string} file
 * @param {string[]} flags
 * @returns {(project: string, output: string) => Promise<string>}
 */
const build =
  (source, file, ...flags) =>
  (project, output) =>
    runTool(project, "esbuild", [
      `src/${source}.js`,
      "--bundle",
      "--minify",
      `--outfile=${join(output, file)}`,
      ...flags,
    ]);

const SERVER = "--platform=node";

/** @type {Bundler} */
export const esbuild = {
  name: "esbuild",
  package: "esbuild",
  keeps: "`--external:fixed-classifier`, or `--packages=external`",
  ways: [
    pageWay("esbuild", "ESM", "module", build("page", "page.js", "--format=esm")),
    pageWay("esbuild", "IIFE", "", build("page", "page.js", "--format=iife")),
    ...bundledWays("esbuild", "ESM", "server.mjs", build("server", "server.mjs", SERVER, "--format=esm")),
    ...bundledWays(
      "esbuild",
      "CommonJS",
      "server.cjs",
      build("server", "server.cjs", SERVER, "--format=cjs"),
    ),
    externalWay(
      "esbuild",
      "ESM",
      "`--external:fixed-classifier`",
      "server.mjs",
      build("server", "server.mjs", SERVER, "--format=esm", "--external:fixed-classifier"),
    ),
    externalWay(
      "esbuild",
      "CommonJS",
      "`--packages=external`",
      "server.cjs",
      build("server", "server.cjs", SERVER, "--format=cjs", "--packages=external"),
    ),
  ],
};
