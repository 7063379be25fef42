import { runTool } from "./run.js";
import { bundledWays, externalWay, pageWay } from "./ways.js";

/** @import { Bundler } from "./bundler.js" */

/**
 * @param {string[]} settings of the webpack.config of the project, or of legacy/
 * @returns {(project: string, output: string) => Promise<string>}
 */
export const build =
  (...settings) =>
  (project, output) =>
    runTool(
      project,
      "webpack",
      [`output=${output}`, ...settings].flatMap((setting) => ["--env", setting]),
    );

export const EXTERNAL = '`externals: { "fixed-classifier": "commonjs fixed-classifier" }`';

/** @type {Bundler} */
export const webpack = {
  name: "webpack",
  package: "webpack",
  keeps: `${EXTERNAL}; where the output is ESM, \`"module fixed-classifier"\``,
  ways: [
    pageWay("webpack", "web", "", build("page")),
    ...bundledWays("webpack", "CommonJS", "server.cjs", build()),
    ...bundledWays("webpack", "ESM", "server.mjs", build("module")),
    externalWay("webpack", "CommonJS", EXTERNAL, "server.cjs", build("external")),
    externalWay(
      "webpack",
      "ESM",
      '`externals: { "fixed-classifier": "module fixed-classifier" }`',
      "server.mjs",
      build("module", "external"),
    ),
  ],
};
