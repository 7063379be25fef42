// The programs of test/native, which test the kernels and the pool without Node.js.
import { join } from "node:path";
import { buildAddon } from "./gyp.js";
import { root } from "./paths.js";
import { missingTool, toolchain } from "./toolchain.js";

export const KERNELS = "harness_kernels";
export const POOL = "harness_pool";

/**
 * @param {string} checkout
 * @param {string} program
 */
export const harnessIn = (checkout, program) => join(checkout, "build/Release", program);

/**
 * Builds the addon and the programs, or some of these only, in this checkout or in a copy; ends the process if that fails.
 * `env` may add compiler flags.
 * @param {{ checkout?: string, targets?: string[], env?: NodeJS.ProcessEnv }} options
 */
export function buildHarness({ checkout = root, targets = [], env = {} } = {}) {
  const missing =
    process.platform === "win32" ? "not on Windows, which has no fork" : missingTool(toolchain());
  if (missing !== null) {
    console.error(`test/native: ${missing}`);
    process.exit(1);
  }
  const { status, output } = buildAddon(checkout, {
    targets,
    stdio: "pipe",
    env: { ...env, GYP_DEFINES: "harness=1" },
  });
  if (status === 0) return;
  process.stderr.write(output);
  process.exit(status);
}
