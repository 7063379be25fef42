// The built Worker in workerd on this machine, through Miniflare.
import { join } from "node:path";
import { Miniflare } from "miniflare";
import { DIST } from "./build.js";

/** As in wrangler.jsonc: a later one changes the behaviour of the runtime. */
export const COMPATIBILITY_DATE = "2026-04-01";

/** @typedef {{ type: "ESModule" | "CompiledWasm" | "Data", path: string, contents?: string }} Module */

/** What the Worker is made of, its entry first. @type {Module[]} */
const MODULES = [
  { type: "ESModule", path: join(DIST, "worker.js") },
  { type: "CompiledWasm", path: join(DIST, "fixed_classifier.wasm") },
  { type: "Data", path: join(DIST, "head.safetensors") },
];

/**
 * Starts what `npm run build` has built.
 *
 * @param {number} port 0 for any that is free
 * @param {Module[]} [before] modules that are loaded before the Worker, the first of which is the entry in its place
 */
export async function startWorker(port, before = []) {
  const miniflare = new Miniflare({
    modules: [...before, ...MODULES],
    modulesRoot: DIST,
    compatibilityDate: COMPATIBILITY_DATE,
    // Otherwise Miniflare asks the network where this machine is.
    cf: false,
    host: "127.0.0.1",
    port,
  });
  return { miniflare, url: await miniflare.ready };
}
