// What runs the addons on this machine: Node.js itself, emulators of an architecture and of Windows, and a runtime on musl.
import { existsSync, mkdirSync } from "node:fs";
import { fromRoot } from "../paths.js";
import { findProgram } from "../toolchain.js";
import { BUN, LIBRARIES, missingMusl, prepareMusl } from "./musl.js";

/** Whose lock file has them: versions of Node.js by the name `node-<version or platform>`. */
export const NODES = "scripts/runtimes/nodes";

/** @param {string} name */
const node = (name) => fromRoot(NODES, "node_modules", name, "bin/node");

const SYSROOT = "/usr/aarch64-linux-gnu";
const qemu = () => findProgram("qemu-aarch64-static") ?? findProgram("qemu-aarch64");
/** Debian's wine64 alone puts nothing on PATH. */
const wine = () =>
  [findProgram("wine64"), "/usr/lib/wine/wine64"].find((path) => path && existsSync(path)) ?? null;
const isHere = process.platform === "linux" && process.arch === "x64";

/**
 * @typedef {object} Run
 * @property {string} name
 * @property {() => string | null} missing how to install what is missing here, or null
 * @property {() => void} [prepare]
 * @property {() => string[]} command a program and its first arguments; a script and its arguments follow
 * @property {Record<string, string>} [env]
 */

/** @type {Record<string, Run[]>} */
export const RUNS = {
  "linux-x64": [20, 22, 24, 26].map((major) => ({
    name: `Node ${major}`,
    missing: () => (isHere ? null : "Linux on x64"),
    command: () => [node(`node-${major}`)],
  })),
  "linux-arm64": [
    {
      name: "Node 20 for arm64 under QEMU",
      missing: () =>
        qemu() && existsSync(SYSROOT) ? null : "apt-get install qemu-user-static g++-aarch64-linux-gnu",
      command: () => [qemu() ?? "", "-L", SYSROOT, node("node-arm64")],
    },
  ],
  "win32-x64": [
    {
      name: "Node 20 for Windows under Wine",
      missing: () => (wine() ? null : "apt-get install wine64"),
      // Wine makes the folder of its Windows, but not the one around it.
      prepare: () => mkdirSync(fromRoot("build-prebuild"), { recursive: true }),
      command: () => [wine() ?? "", `${node("node-windows")}.exe`],
      env: {
        NODE_SKIP_PLATFORM_CHECK: "1",
        WINEDEBUG: "-all",
        WINEPREFIX: fromRoot("build-prebuild/windows"),
      },
    },
  ],
  "linux-x64-musl": [
    {
      name: "Bun on musl",
      missing: missingMusl,
      prepare: prepareMusl,
      command: () => [BUN],
      env: { LD_LIBRARY_PATH: LIBRARIES },
    },
  ],
};
