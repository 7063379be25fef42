import { spawnSync } from "node:child_process";
import { fromRoot } from "./paths.js";
import { compilerEnvironment, nodeHeaders } from "./toolchain.js";

/** Builds the addon whose binding.gyp is in a folder. @returns the exit status, and the output unless it went to the terminal */
export function buildAddon(folder, { clean = false, stdio = "inherit" } = {}) {
  const headers = nodeHeaders();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      fromRoot("node_modules/node-gyp/bin/node-gyp.js"),
      ...(clean ? ["rebuild"] : ["configure", "build"]),
      "--release",
      "--jobs=max",
      // Without this node-gyp downloads the headers.
      ...(headers === null ? [] : [`--nodedir=${headers}`]),
    ],
    { cwd: fromRoot(folder), stdio, encoding: "utf8", env: { ...process.env, ...compilerEnvironment() } },
  );
  return { status: status ?? 1, output: `${stdout ?? ""}${stderr ?? ""}` };
}
