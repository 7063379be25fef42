// One executable of Node.js and a bundle by esbuild, as the documentation of Node.js makes it.
import { chmodSync, copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram, runTool } from "./run.js";
import { bundledWays } from "./ways.js";

/** @import { Bundler } from "./bundler.js" */

const PROGRAM = process.platform === "win32" ? "server.exe" : "server";
/** What postject looks for in Node.js. */
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/** @type {Bundler} */
export const sea = {
  name: "Node SEA",
  package: null,
  keeps: "`prebuilds` beside the executable",
  ways: bundledWays("sea", "one executable", PROGRAM, build, () => null),
};

/**
 * @param {string} project
 * @param {string} output
 */
async function build(project, output) {
  const script = "out/sea.cjs";
  const blob = "out/sea.blob";
  await runTool(project, "esbuild", [
    "src/server.js",
    "--bundle",
    "--platform=node",
    "--minify",
    `--outfile=${script}`,
  ]);
  const settings = { main: script, output: blob, disableExperimentalSEAWarning: true };
  writeFileSync(join(project, "sea.json"), JSON.stringify(settings));
  await runProgram(process.execPath, ["--experimental-sea-config", "sea.json"], { cwd: project });
  const program = join(output, PROGRAM);
  copyFileSync(process.execPath, program);
  chmodSync(program, 0o755);
  await runProgram(
    process.execPath,
    ["node_modules/postject/dist/cli.js", program, "NODE_SEA_BLOB", blob, "--sentinel-fuse", FUSE],
    { cwd: project },
  );
}
