import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { fromRoot, root } from "./paths.js";
import { compilerEnvironment, nodeHeaders } from "./toolchain.js";

/**
 * Builds what the binding.gyp in a folder describes, all of it or some targets; `env` may add compiler flags.
 * @param {string} folder
 * @param {{ clean?: boolean, targets?: string[], stdio?: "inherit" | "pipe", env?: NodeJS.ProcessEnv }} options
 * @returns the exit status, and the output unless it went to the terminal
 */
export function buildAddon(folder, { clean = false, targets = [], stdio = "inherit", env = {} } = {}) {
  const headers = nodeHeaders();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      fromRoot("node_modules/node-gyp/bin/node-gyp.js"),
      ...(clean ? ["rebuild"] : ["configure", "build", ...targets]),
      "--release",
      "--jobs=max",
      // Without this node-gyp downloads the headers.
      ...(headers === null ? [] : [`--nodedir=${headers}`]),
    ],
    {
      cwd: resolve(root, folder),
      stdio,
      encoding: "utf8",
      env: { ...process.env, ...compilerEnvironment(), ...env },
    },
  );
  return { status: status ?? 1, output: `${stdout ?? ""}${stderr ?? ""}` };
}
