// Platforms other than this machine's: Node.js for arm64 under QEMU, where only the bits count and not the time, Node.js for Windows under Wine,
// which goes on running the CPU's own instructions, and Bun on musl.
import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RUNS } from "../prebuild/runs.js";
import { addonIn } from "./install.js";
import { NODES, PATIENCE, PROBE, probeOf } from "./runtime.js";

/** @import { Run } from "../prebuild/runs.js" */
/** @import { Runtime, Way } from "./runtime.js" */

/** @type {[name: string, expects: Way["expects"], args: string[]]} */
const IMPORT = ["`import`", "native", [join(PROBE, "import.js")]];
/** @type {[name: string, expects: Way["expects"], args: string[]]} */
const REQUIRE = ["`require`", "native", [join(PROBE, "require.cjs")]];
/** @type {[name: string, expects: Way["expects"], args: string[]]} */
const NO_ADDONS = ["`--no-addons`", "wasm", ["--no-addons", join(PROBE, "import.js")]];

export const arm64 = emulated("linux-arm64", [IMPORT, NO_ADDONS]);
export const windows = emulated("win32-x64", [IMPORT, REQUIRE, NO_ADDONS]);
export const musl = emulated("linux-x64-musl", [IMPORT, REQUIRE]);

/**
 * @param {string} target of scripts/prebuild/targets.js
 * @param {(typeof IMPORT)[]} ways
 * @returns {Runtime}
 */
function emulated(target, ways) {
  const [run] = RUNS[target];
  return {
    name: run.name,
    packages: NODES,
    prebuild: target,
    missing: (folder) => run.missing() ?? (existsSync(addonIn(folder, target)) ? null : "npm run prebuild"),
    async version() {
      run.prepare?.();
      return (await runToFiles(run, ["--version"], tmpdir())).stdout.trim();
    },
    ways: ways.map(([name, expects, args]) => ({
      name,
      expects,
      async run(folder) {
        const { stdout, stderr } = await runToFiles(run, args, folder);
        return probeOf(stdout, stderr);
      },
    })),
  };
}

/**
 * Node for Windows dies of a pipe of Wine's, so all write to files.
 * @param {Run} run
 * @param {string[]} args
 * @param {string} cwd
 */
async function runToFiles({ command, env = {} }, args, cwd) {
  const work = mkdtempSync(join(tmpdir(), "fixed-classifier-output-"));
  const files = ["stdout", "stderr"].map((name) => join(work, name));
  const [out, err] = files.map((file) => openSync(file, "w"));
  try {
    const [program, ...first] = command();
    const child = spawn(program, [...first, ...args], {
      cwd,
      stdio: ["ignore", out, err],
      timeout: PATIENCE,
      env: { ...process.env, ...env },
    });
    const code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
    const [stdout, stderr] = files.map((file) => readFileSync(file, "utf8"));
    if (code !== 0) throw new Error(`${program} ended with exit code ${code}: ${stderr}${stdout}`);
    return { stdout, stderr };
  } finally {
    closeSync(out);
    closeSync(err);
    rmSync(work, { recursive: true, force: true });
  }
}
