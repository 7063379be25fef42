// Tools that do not know the field `exports` of package.json. They parse no JavaScript as new as that of the package, or of any package of today,
// so that Babel stands before them; Jest runs what Node.js runs.
import { join } from "node:path";
import { installLegacy } from "./project.js";
import { probeOf, runTool } from "./run.js";
import { bundledWays, externalWay, pageWay } from "./ways.js";
import { build as buildByWebpack, EXTERNAL } from "./webpack.js";

/** @import { Bundler } from "./bundler.js" */

/** @type {Bundler} */
export const webpack4 = {
  name: "webpack 4",
  package: "webpack",
  install: installLegacy,
  keeps: `${EXTERNAL}; or \`prebuilds\` beside the bundle and \`node: { __filename: false }\``,
  ways: [
    pageWay("webpack4", "web, by babel-loader", "", buildByWebpack("page")),
    ...bundledWays("webpack4", "CommonJS, by babel-loader", "server.cjs", buildByWebpack()),
    externalWay("webpack4", "CommonJS", EXTERNAL, "server.cjs", buildByWebpack("external")),
  ],
};

/** @type {Bundler} */
export const browserify = {
  name: "Browserify",
  package: "browserify",
  install: installLegacy,
  ways: [
    pageWay("browserify", "by babelify", "", (project, output) =>
      runTool(project, "browserify", [
        "src/page.js",
        ...["--global-transform", "[", "babelify", "--extensions", ".js", "--extensions", ".cjs", "]"],
        `--outfile=${join(output, "page.js")}`,
      ]),
    ),
  ],
};

/** @type {Bundler} */
export const jest27 = {
  name: "Jest 27",
  package: "jest",
  install: installLegacy,
  ways: [
    {
      name: "as it is",
      expects: "native",
      run: async (project) => ({ told: probeOf(await runTool(project, "jest", ["--runInBand"])) }),
    },
  ],
};
