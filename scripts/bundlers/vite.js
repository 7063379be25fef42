import { inspect, newOutput } from "./output.js";
import { readPage, runPage } from "./page.js";
import { lostIn, probeOf, runProgram, runTool } from "./run.js";
import { withServer } from "./server.js";
import { bundledWays, externalWay } from "./ways.js";

/** @import { Bundler } from "./bundler.js" */

/**
 * @param {string[]} flags
 * @returns {(project: string, output: string) => Promise<string>}
 */
const build =
  (...flags) =>
  (project, output) =>
    runTool(project, "vite", ["build", "--outDir", output, ...flags]);

/** @type {Bundler} */
export const vite = {
  name: "Vite",
  package: "vite",
  ways: [
    {
      name: "browser, `vite build`",
      expects: "wasm",
      async run(project) {
        const folder = newOutput(project, "vite-page");
        await build()(project, folder);
        const output = inspect(folder, ["index.html", /^assets\/index-[\w-]+\.js$/]);
        return { ...(await runPage(project, folder)), output };
      },
    },
    {
      name: "browser, `vite` while one develops",
      expects: "wasm",
      run: (project) => withServer(project, "vite", ["--force"], (url) => readPage(project, url)),
    },
    externalWay("vite", "`vite build --ssr`", "as it is", "server.js", build("--ssr", "src/server.js")),
    ...bundledWays(
      "vite",
      "`vite build --ssr`",
      "server.js",
      build("--ssr", "src/server.js", "--config", "vite-bundled.config.js"),
    ),
    {
      name: "server, `ssrLoadModule` while one develops",
      expects: "native",
      async run(project) {
        const { stdout, stderr } = await runProgram(process.execPath, ["vite-ssr.js"], { cwd: project });
        return { told: probeOf(stdout), lost: lostIn(stderr) };
      },
    },
  ],
};
