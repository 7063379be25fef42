// Node.js for arm64, emulated: the bits count, and not the time.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fromRoot } from "../paths.js";
import { findProgram } from "../toolchain.js";
import { addonIn } from "./install.js";
import { NODES, PROBE, runProbe, runProgram } from "./runtime.js";

/** @import { Runtime, Way } from "./runtime.js" */

const SYSROOT = "/usr/aarch64-linux-gnu";

const emulator = () => findProgram("qemu-aarch64-static") ?? findProgram("qemu-aarch64");

/** @param {string[]} args */
const command = (...args) => ["-L", SYSROOT, fromRoot(NODES, "node_modules/node-arm64/bin/node"), ...args];

/** @type {[name: string, expects: Way["expects"], flags: string[]][]} */
const WAYS = [
  ["`import`", "native", []],
  ["`--no-addons`", "wasm", ["--no-addons"]],
];

const TARGET = "linux-arm64";

/** @type {Runtime} */
export const arm64 = {
  name: "Node for Linux on arm64, under QEMU",
  packages: NODES,
  prebuild: TARGET,
  missing(folder) {
    if (emulator() === null || !existsSync(`${SYSROOT}/lib`)) {
      return "apt-get install qemu-user-static g++-aarch64-linux-gnu";
    }
    return existsSync(addonIn(folder, TARGET)) ? null : "npm run prebuild";
  },
  version: async () => (await runProgram(emulator() ?? "", command("--version"))).stdout.trim(),
  ways: WAYS.map(([name, expects, flags]) => ({
    name,
    expects,
    run: (folder) => runProbe(emulator() ?? "", command(...flags, join(PROBE, "import.js")), { cwd: folder }),
  })),
};
