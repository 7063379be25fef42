// Set-up of what only the benchmarks need. The rest is done by scripts/setup.js.
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { buildAddon } from "../scripts/gyp.js";
import { dependenciesCurrent } from "../scripts/stamps.js";
import { npmCommand, run } from "../scripts/steps.js";
import { failureReason, missingTool, toolchain } from "../scripts/toolchain.js";

/** @import { ElementType, TransformArray } from "./product.js" */

/**
 * What a loop of the limits does in its steps: additions of elements; of registers, sums and differences by turns; registers taken
 * through all stages within; registers loaded, stored, or both; additions of float32 elements on all pipes; cycles.
 * @typedef {"add" | "across" | "within" | "load" | "store" | "copy" | "both" | "cycle"} Loop
 */

/**
 * The functions of benchmarks/native/addon.cc. All but the last one start with the name of an instruction set.
 * @typedef {object} NativeAddon
 * @property {(name: string, type: ElementType, what: Loop, nanoseconds: number) => number | null} limit steps per second, if there are any
 * @property {(name: string, x: TransformArray, rowLength: number) => void} transform
 * @property {(name: string, x: TransformArray, rowLength: number, nanoseconds: number) => Timing} time
 * @property {(name: string) => Cores} cores
 * @property {(name: string, words: Uint32Array) => number} read a number of what is read, as fast as it can be
 * @property {(peer: NativePeer, x: Float32Array, rowLength: number) => boolean} peerTransform whether it did not fail
 * @property {(name: string, x: Float32Array, rowLength: number, nanoseconds: number, peer: NativePeer) => { ours: number, peers: number, ratio: number }} comparePeer
 * @property {(bytes: Uint8Array) => number} misalignment bytes behind a multiple of 64
 */
/**
 * The nanoseconds that the whole array takes at least: by additions alone; by all that goes to the vector pipes; by what memory is
 * asked for; by the lines that come from the second level of the caches and from beyond it.
 * @typedef {{ additions: number, vector: number, loads: number, stores: number, memory: number, caches: number }} Bounds
 */
/**
 * The kernel by itself, on the whole array, and what fraction of the limit that is, the largest bound; of additions, of ports and of caches alone.
 * @typedef {{ nanoseconds: number, bounds: Bounds, fraction: number, ofAdditions: number, ofPorts: number, ofCaches: number }} Timing
 */
/** @typedef {{ alone: number, together: number, roundTrip: number }} Cores additions of int32 elements per second of one thread, and of the slower of two at once; nanoseconds for a word from one to the other and back */
/** @typedef {{ path: string, symbol: string, abi: string }} NativePeer a function in a shared library: benchmarks/native/peer.h */
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
