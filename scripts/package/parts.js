// What the parts of the package add to a page that imports FixedClassifier and fwht, gzipped: each is left out in turn, and the rest bundled.
//
//   node scripts/package/parts.js    after npm run test:package, which installs what bundles
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { markdownTable } from "markdown-table";
import { fromRoot, root } from "../paths.js";

/** @import { Plugin } from "esbuild" */

/** @type {typeof import("esbuild")} */
const esbuild = createRequire(fromRoot("scripts/package/package.json"))("esbuild");

/** @type {[name: string, files: RegExp][]} */
const PARTS = [
  ["WebAssembly: the module", /^backends\/wasm\/binary/],
  ["WebAssembly: calls and memory", /^backends\/wasm\/(?!binary)/],
  ["plain JavaScript backend", /^backends\/js\//],
  ["files and JSON", /^(formats\/|head\/(file|json|finite|limits|round))/],
  ["codes but `hadamard`", /^codes\/(orthonormal|polytopes|dense|sylvester|product|random-rows|rounding)/],
  ["coherence of codes", /^codes\/(product-)?coherence/],
  ["masks of many classes", /^codes\/(masks|kerdock|runs)/],
  ["matrices of Paley and Williamson", /^hadamard\/(paley|williamson|galois)/],
  ["`fwht` with axes, orderings and 16 bits", /^(fwht|axes|orderings|half)/],
  ["losses", /^(losses\/|head\/(run-loss|loss|targets))/],
  ["checks of arguments and options", /^(checks|options)/],
  ["energies and calibration", /^head\/(calibrate|energy)/],
];

/** @param {string} file */
const inLib = (file) => relative(fromRoot("lib"), file);

/**
 * The sources as the build for browsers has them, with empty names in the place of some files.
 * @param {RegExp | null} left
 * @returns {Plugin}
 */
const without = (left) => ({
  name: "without",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.js$/ }, ({ path, importer, resolveDir }) => {
      if (path.endsWith("/platform/node.js")) return { path: fromRoot("lib/backends/platform/browser.ts") };
      const folder = importer.startsWith(root) ? dirname(importer) : resolveDir;
      return { path: join(folder, path).replace(/\.js$/, ".ts"), sideEffects: false };
    });
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (left === null || !left.test(inLib(path))) return null;
      const names = readFileSync(path, "utf8").matchAll(
        /^export (?:async )?(?:const|function\*?|class|let) (\w+)/gm,
      );
      return {
        contents: [...names].map(([, name]) => `export const ${name} = globalThis.${name};`).join("\n"),
      };
    });
  },
});

/** @param {RegExp | null} left */
async function size(left) {
  const { outputFiles } = await esbuild.build({
    stdin: {
      contents: 'import { FixedClassifier, fwht } from "./index.js"; console.log(FixedClassifier, fwht);',
      resolveDir: fromRoot("lib"),
    },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
    logLevel: "error",
    plugins: [without(left)],
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}

const all = await size(null);
const sizes = [];
for (const [name, files] of PARTS) sizes.push({ name, bytes: all - (await size(files)) });
const rest = all - sizes.reduce((sum, { bytes }) => sum + bytes, 0);
const kilobytes = (/** @type {number} */ bytes) => (bytes / 1000).toFixed(1);
console.log(
  markdownTable(
    [
      ["part", "kB"],
      ...sizes.sort((a, b) => b.bytes - a.bytes).map(({ name, bytes }) => [name, kilobytes(bytes)]),
      ["everything else", kilobytes(rest)],
      ["all", kilobytes(all)],
    ],
    { align: ["l", "r"] },
  ),
);
