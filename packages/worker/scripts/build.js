// Bundles src/ into dist/: what `npm start` serves, the tests ask and wrangler deploys.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const fromHere = (/** @type {string} */ path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The folder of the built Worker. */
export const DIST = fromHere("dist");

export async function buildWorker() {
  await build({
    entryPoints: [fromHere("src/worker.ts")],
    outdir: DIST,
    bundle: true,
    format: "esm",
    target: "es2022",
    // The core for Workers imports its WebAssembly module as a file: they compile none from bytes.
    conditions: ["workerd", "worker"],
    // Copied beside the bundle, which imports them there: a compiled module and a module of bytes.
    loader: { ".wasm": "copy", ".safetensors": "copy" },
    assetNames: "[name]",
    logLevel: "warning",
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildWorker();
