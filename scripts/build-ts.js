// Bundles lib/ into dist/, from nothing: one file an entry, a module format and a platform, and one declaration file an entry and a format.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";
import { fromRoot, root } from "./paths.js";

/** @import { Plugin } from "rolldown" */

const DIST = fromRoot("dist");
/** Where tsc writes a declaration a source, as tsconfig.build.json says. */
const DECLARATIONS = fromRoot("node_modules/.cache/fixed-classifier/declarations");
const INDEX = fromRoot("lib/index.ts");
const MODULE = "fixed_classifier.wasm";
/**
 * What a file that has the loader begins with. In CommonJS, where the addon is sought from, and a function that is never called: who traces the
 * files of a server (@vercel/nft, Next.js) reads in it which addon goes with them, and traces this file beside that of ESM. In ESM, a sign of
 * its format that is no import.meta, of which they would warn.
 */
const LOADER = {
  es: "export {};",
  cjs: `const moduleFile = typeof __filename === "string" ? __filename : undefined;
const tracedAddon = (libc) => {
  const os = require("os");
  return \`\${__dirname}/../prebuilds/\${os.platform()}-\${os.arch()}\${libc}/fixed_classifier.node\`;
};`,
};

for (const folder of [DIST, DECLARATIONS]) rmSync(folder, { recursive: true, force: true });

const { status } = spawnSync(
  process.execPath,
  [fromRoot("node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"],
  { cwd: root, stdio: "inherit" },
);
if (status !== 0) process.exit(status ?? 1);

/** @type {{ format: "es" | "cjs", ending: "js" | "cjs" }[]} */
const FORMATS = [
  { format: "es", ending: "js" },
  { format: "cjs", ending: "cjs" },
];
/** Files of the entry "." by the platform under lib/backends/platform/ that is in them. */
const PLATFORMS = { index: "node", browser: "browser", workerd: "workerd" };

/** The layers import the main entry by its name: what is in it must not be twice in a process. @type {Plugin} */
const mainEntry = {
  name: "main entry",
  resolveId: (source) => (source.endsWith("/index.js") ? { id: "fixed-classifier", external: true } : null),
};

for (const { format, ending } of FORMATS) {
  for (const [name, platform] of Object.entries(PLATFORMS)) {
    await write([`${name}.${ending}`], format, INDEX, [onPlatform(platform)]);
  }
  await write([`tfjs.${ending}`], format, fromRoot("lib/adapters/tfjs/layer.ts"), [mainEntry]);
}
// A program in CommonJS needs declarations of its own, with the same text: TypeScript tells the format by the ending.
const declarations = dts({ dtsInput: true, emitDtsOnly: true, tsconfig: false });
await write(["index.d.ts", "index.d.cts"], "es", join(DECLARATIONS, "index.d.ts"), declarations);
await write(["tfjs.d.ts", "tfjs.d.cts"], "es", join(DECLARATIONS, "adapters/tfjs/layer.d.ts"), [
  mainEntry,
  ...declarations,
]);
copyFileSync(fromRoot("lib/backends/wasm/simd128.wasm"), join(DIST, MODULE));
copyFileSync(fromRoot("lib/backends/wasm/simd128.d.wasm.ts"), join(DIST, `${MODULE}.d.ts`));

/**
 * Puts a platform in the place of the one that the sources name.
 * @param {string} platform
 * @returns {Plugin}
 */
function onPlatform(platform) {
  return {
    name: "platform",
    resolveId(source) {
      if (source.endsWith("/platform/node.js")) return fromRoot(`lib/backends/platform/${platform}.ts`);
      if (source.endsWith(".wasm")) return { id: `./${MODULE}`, external: true };
      return null;
    },
    transform(code, id) {
      // gzip makes blocks of what is alike: the text of the module must not lie amid the code.
      return id === INDEX && platform === "browser" ? `import "./backends/wasm/binary.js";\n${code}` : null;
    },
  };
}

/**
 * Bundles an input and writes it under all of these names.
 * @param {string[]} files in dist
 * @param {"es" | "cjs"} format
 * @param {string} input
 * @param {Plugin[]} plugins
 */
async function write(files, format, input, plugins) {
  const isBundled = /^(browser|workerd)\./.test(files[0]);
  const build = await rolldown({
    input,
    plugins,
    platform: "neutral",
    external: ["fixed-classifier", "@tensorflow/tfjs"],
    experimental: { attachDebugInfo: "none" },
    ...(format === "cjs" && { transform: { define: { "import.meta.filename": "moduleFile" } } }),
  });
  const { output } = await build.generate({
    format,
    exports: "named",
    // To compile less text makes an import 1 ms shorter. In Node.js names of functions and classes stay, for traces; for pages and Workers nothing
    // is compressed, since of declarations that are joined a bundler can leave out none.
    minify: { compress: !isBundled, mangle: { toplevel: isBundled }, codegen: true },
    // Doc comments are in the declarations; what a bundler has to know stays in the code.
    comments: { annotation: true, jsdoc: files[0].includes(".d."), legal: true },
  });
  await build.close();
  const chunks = output.filter((item) => item.type === "chunk");
  if (chunks.length !== 1) throw new Error(`${files[0]} would be ${chunks.length} files`);
  mkdirSync(DIST, { recursive: true });
  const [{ code }] = chunks;
  const text = files[0].includes(".d.") ? shared(code) : withLoader(code, format);
  for (const file of files) writeFileSync(join(DIST, file), text);
}

/**
 * @param {string} code
 * @param {"es" | "cjs"} format
 */
function withLoader(code, format) {
  return /\bmoduleFile\b|import\.meta\.filename/.test(code) ? `${LOADER[format]}\n${code}` : code;
}

/**
 * A class with private members is a type of its own in each file of declarations, but a head of one format is a head of the other too.
 * @param {string} declarations
 */
function shared(declarations) {
  return declarations.replaceAll(/^\s*#private;\n/gm, "");
}
