// Set-up of what only the benchmarks need. The rest is done by scripts/setup.js.
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { buildAddon } from "../scripts/gyp.js";
import { dependenciesCurrent } from "../scripts/stamps.js";
import { npmCommand, run } from "../scripts/steps.js";
import { failureReason, missingTool, toolchain } from "../scripts/toolchain.js";

const ADDON = "native/build/Release/fixed_classifier_benchmark.node";

/** Installs the libraries of benchmarks/package.json. @returns whether they are there */
export function installLibraries() {
  if (dependenciesCurrent("benchmarks")) return true;
  // Without install scripts: onnxruntime-node's would download the libraries for GPUs.
  const command = npmCommand(["ci", "--prefix", "benchmarks", "--ignore-scripts"]);
  return run("libraries of the benchmarks", command).status === 0;
}

/** @returns the addon of benchmarks/native, or `{ reason }` why there is none */
export function loadNative() {
  const missing = missingTool(toolchain());
  if (missing !== null) return { reason: missing };
  const { status, output } = buildAddon("benchmarks/native", { stdio: "pipe" });
  if (status !== 0) return { reason: failureReason(output) };
  const module = { exports: {} };
  process.dlopen(module, fileURLToPath(new URL(ADDON, import.meta.url)), constants.dlopen.RTLD_NOW);
  return { addon: module.exports };
}
