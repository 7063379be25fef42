// Builds the addon with node-gyp; a file is compiled again only if it changed, `--clean` compiles all.
import { spawnSync } from "node:child_process";
import { constants } from "node:os";
import { ADDON, fromRoot, root } from "./paths.js";
import { compilerEnvironment, missingTool, nodeHeaders, toolchain } from "./toolchain.js";

const missing = missingTool(toolchain());
if (missing !== null) {
  console.error(`native addon: ${missing}`);
  process.exit(1);
}

const gyp = fromRoot("node_modules/node-gyp/bin/node-gyp.js");
const headers = nodeHeaders();
const { status } = spawnSync(
  process.execPath,
  [
    gyp,
    ...(process.argv.includes("--clean") ? ["rebuild"] : ["configure", "build"]),
    "--release",
    "--jobs=max",
    // Without this node-gyp downloads the headers.
    ...(headers === null ? [] : [`--nodedir=${headers}`]),
  ],
  { cwd: root, stdio: "inherit", env: { ...process.env, ...compilerEnvironment() } },
);
if (status !== 0) process.exit(status ?? 1);

// The linker leaves a missing symbol for the loader to find, and the loader, unless told, for the first call.
try {
  process.dlopen({ exports: {} }, fromRoot(ADDON), constants.dlopen.RTLD_NOW);
} catch (error) {
  console.error(`error: the addon does not load: ${error.message}`);
  process.exit(1);
}
