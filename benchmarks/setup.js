// Set-up of what only the benchmarks need. The rest is done by scripts/setup.js.
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { buildAddon } from "../scripts/gyp.js";
import { dependenciesCurrent } from "../scripts/stamps.js";
import { npmCommand, run } from "../scripts/steps.js";
import { failureReason, missingTool, toolchain } from "../scripts/toolchain.js";

/** @import { ElementType, TransformArray } from "./product.js" */

/**
 * The functions of benchmarks/native/addon.cc. All but the last one start with the name of an instruction set.
 * @typedef {object} NativeAddon
 * @property {(name: string, what: ElementType | "float32 both", nanoseconds: number) => number} limit additions per second
 * @property {(name: string, x: TransformArray) => void} transform
 * @property {(name: string, x: TransformArray, nanoseconds: number) => Timing} time
 * @property {(name: string, words: Uint32Array) => number} read a number of what is read, as fast as it can be
 * @property {(bytes: Uint8Array) => number} misalignment bytes behind a multiple of 64
 */
/**
 * The kernel by itself: the time of a call, the limit in additions per second, and what fraction of it was reached.
 * @typedef {{ nanoseconds: number, limit: number, fraction: number }} Timing
 */
/** @typedef {{ addon: NativeAddon, reason?: undefined } | { addon?: undefined, reason: string }} Native */

const ADDON = "native/build/Release/fixed_classifier_benchmark.node";

/** Installs the libraries of benchmarks/package.json. @returns whether they are there */
export function installLibraries() {
  if (dependenciesCurrent("benchmarks")) return true;
  // Without install scripts: onnxruntime-node's would download the libraries for GPUs.
  const command = npmCommand(["ci", "--prefix", "benchmarks", "--ignore-scripts"]);
  return run("libraries of the benchmarks", command).status === 0;
}

/** @returns {Native} the addon of benchmarks/native, or why there is none */
export function loadNative() {
  const missing = missingTool(toolchain());
  if (missing !== null) return { reason: missing };
  const { status, output } = buildAddon("benchmarks/native", { stdio: "pipe" });
  if (status !== 0) return { reason: failureReason(output) };
  const module = { exports: /** @type {NativeAddon} */ ({}) };
  process.dlopen(module, fileURLToPath(new URL(ADDON, import.meta.url)), constants.dlopen.RTLD_NOW);
  return { addon: module.exports };
}
