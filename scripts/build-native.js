// Builds the addon with node-gyp; a file is compiled again only if it changed, `--clean` compiles all.
import { constants } from "node:os";
import { buildAddon } from "./gyp.js";
import { ADDON, fromRoot } from "./paths.js";
import { messageOf } from "./steps.js";
import { missingTool, toolchain } from "./toolchain.js";

const missing = missingTool(toolchain());
if (missing !== null) {
  console.error(`native addon: ${missing}`);
  process.exit(1);
}

const { status } = buildAddon(".", { clean: process.argv.includes("--clean") });
if (status !== 0) process.exit(status);

// The linker leaves a missing symbol for the loader to find, and the loader, unless told, for the first call.
try {
  process.dlopen({ exports: {} }, fromRoot(ADDON), constants.dlopen.RTLD_NOW);
} catch (error) {
  console.error(`error: the addon does not load: ${messageOf(error)}`);
  process.exit(1);
}
