// The ways that are the same for every bundler.
import { inspect, newOutput } from "./output.js";
import { runPage } from "./page.js";
import { runElsewhere } from "./run.js";

/** @import { Way } from "./bundler.js" */
/** @import { Beside } from "./run.js" */

/**
 * A bundle of one script for a page.
 * @param {string} bundler
 * @param {string} name
 * @param {"module" | ""} type
 * @param {(project: string, output: string) => Promise<unknown>} build writes page.js
 * @returns {Way}
 */
export const pageWay = (bundler, name, type, build) => ({
  name: `browser, ${name}`,
  expects: "wasm",
  async run(project) {
    const folder = newOutput(project, `${bundler}-page-${name}`);
    await build(project, folder);
    const output = inspect(folder, ["page.js"]);
    return { ...(await runPage(project, folder, { script: "page.js", type })), output };
  },
});

/** @type {[beside: Beside, name: string, expects: Way["expects"]][]} */
const BUNDLED = [
  ["nothing", "all in the bundle", "wasm"],
  ["prebuilds", "all in the bundle, `prebuilds` copied beside it", "native"],
];

/**
 * A bundle of one file for a server that has the package in it: with and without the addon.
 * @param {string} bundler
 * @param {string} name
 * @param {string} file that is written
 * @param {(project: string, output: string) => Promise<unknown>} build
 * @param {(project: string) => string | null} [runnerOf] what runs the file; null: it is a program
 * @returns {Way[]}
 */
export function bundledWays(bundler, name, file, build, runnerOf = () => process.execPath) {
  /** @type {string | undefined} */
  let folder;
  return BUNDLED.map(([beside, title, expects]) => ({
    name: `server, ${name}, ${title}`,
    expects,
    lost: expects !== "native",
    async run(project) {
      if (folder === undefined) {
        folder = newOutput(project, `${bundler}-server-${name}`);
        await build(project, folder);
      }
      const output = inspect(folder, [file]);
      return {
        ...(await runElsewhere(project, folder, file, { beside, runner: runnerOf(project) })),
        output,
      };
    },
  }));
}

/**
 * A bundle that leaves the package outside, in node_modules.
 * @param {string} bundler
 * @param {string} name
 * @param {string} setting that does so
 * @param {string} file
 * @param {(project: string, output: string) => Promise<unknown>} build
 * @returns {Way}
 */
export const externalWay = (bundler, name, setting, file, build) => ({
  name: `server, ${name}, ${setting}`,
  expects: "native",
  async run(project) {
    const folder = newOutput(project, `${bundler}-external-${name}`);
    await build(project, folder);
    const output = inspect(folder, [file]);
    return { ...(await runElsewhere(project, folder, file, { beside: "node_modules" })), output };
  },
});
