// workerd, what Cloudflare's Workers run on, by Miniflare: a bundle, and the module of WebAssembly as the file that it imports.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { PACKAGES, PROBE } from "./runtime.js";

/** @import { Plugin } from "esbuild" */
/** @import { Probe } from "../probe/probe.js" */
/** @import { Runtime } from "./runtime.js" */

/** What Wrangler bundles by. */
const CONDITIONS = ["workerd", "worker", "browser"];

/** @typedef {{ type: "ESModule" | "CompiledWasm", path: string, contents: string | Uint8Array<ArrayBuffer> }} Module */

/** @type {Runtime} */
export const workerd = {
  name: "workerd",
  packages: PACKAGES,
  missing: () => null,
  version: async () => createRequire(import.meta.url)("workerd/package.json").version,
  ways: [
    {
      name: "the module imported as a file, compiling from bytes forbidden",
      expects: "wasm",
      run: (folder) => runWorker(folder, CONDITIONS),
    },
    {
      name: "the build for browsers, compiling from bytes forbidden",
      expects: "js",
      run: (folder) => runWorker(folder, ["browser"]),
    },
  ],
};

/**
 * @param {string} folder
 * @param {string[]} conditions
 */
async function runWorker(folder, conditions) {
  const worker = new Miniflare({
    modules: await modulesOf(folder, conditions),
    compatibilityDate: "2026-04-01",
  });
  try {
    const response = await worker.dispatchFetch("http://worker/");
    if (!response.ok) throw new Error(await response.text());
    return /** @type {Probe} */ (await response.json());
  } finally {
    await worker.dispose();
  }
}

/**
 * The bundle of the probe, and the modules of WebAssembly that it imports, as Wrangler uploads them.
 * @param {string} folder
 * @param {string[]} conditions
 * @returns {Promise<Module[]>}
 */
async function modulesOf(folder, conditions) {
  /** @type {Module[]} */
  const modules = [];
  /** @type {Plugin} */
  const webAssembly = {
    name: "WebAssembly",
    setup({ onResolve }) {
      onResolve({ filter: /\.wasm$/ }, ({ path, resolveDir }) => {
        const name = basename(path);
        modules.push({ type: "CompiledWasm", path: name, contents: readFileSync(join(resolveDir, path)) });
        return { path: `./${name}`, external: true };
      });
    },
  };
  const { outputFiles } = await build({
    entryPoints: [join(folder, PROBE, "worker.js")],
    bundle: true,
    format: "esm",
    conditions,
    plugins: [webAssembly],
    write: false,
    logLevel: "error",
  });
  return [{ type: "ESModule", path: "worker.js", contents: outputFiles[0].text }, ...modules];
}
