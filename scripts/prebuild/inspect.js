// What is in the file of an addon, read by llvm-readobj and llvm-nm, which know the formats of all platforms.
import { spawnSync } from "node:child_process";
import { fromRoot } from "../paths.js";
import { findProgram } from "../toolchain.js";
import { addonOf } from "./targets.js";

/** How to install what is missing here, or null. */
export const missingInspector = () =>
  ["llvm-readobj", "llvm-nm"].every((tool) => findProgram(tool)) ? null : "apt-get install llvm";

/**
 * @typedef {object} Contents
 * @property {string} format such as "elf64-x86-64"
 * @property {string[]} exports
 * @property {string[]} imports names that others have to define, without versions
 * @property {string[]} libraries
 * @property {string[]} versions of the C library that imports ask for, such as "GLIBC_2.17"
 * @property {string | null} oldest macOS
 */

/**
 * @param {string} target
 * @returns {Contents}
 */
export function contentsOf(target) {
  const path = fromRoot(addonOf(target));
  const [platform] = target.split("-");
  const read = (/** @type {string[]} */ ...flags) => run("llvm-readobj", ...flags, path);
  const all = (/** @type {RegExp} */ pattern, /** @type {string} */ text) =>
    [...new Set([...text.matchAll(pattern)].map(([, found]) => found))].sort();
  const [format] = all(/^Format: (.+)$/gm, read("--file-headers"));
  if (platform === "win32") {
    const imported = read("--coff-imports");
    return {
      format,
      exports: all(/^ *Name: (.+)$/gm, read("--coff-exports")),
      imports: all(/^ *Symbol: (\S+)/gm, imported),
      libraries: all(/^ *Name: (.+)$/gm, imported).map((name) => name.toLowerCase()),
      versions: [],
      oldest: null,
    };
  }
  const flags = platform === "darwin" ? [] : ["--dynamic"];
  const names = (/** @type {string[]} */ ...more) =>
    run("llvm-nm", "--format=just-symbols", "--extern-only", ...flags, ...more, path);
  const plain = (/** @type {string} */ text) =>
    all(platform === "darwin" ? /^_(\S+)/gm : /^([^\s@]+)/gm, text);
  const imported = names("--undefined-only");
  const load = platform === "darwin" ? read("--macho-version-min") : "";
  return {
    format,
    exports: plain(names("--defined-only")),
    imports: plain(imported),
    libraries: all(/^ {2}(\S+)$/gm, read("--needed-libs")),
    versions: all(/@(\S+)$/gm, imported),
    oldest: all(/Version: (\S+)/g, load)[0] ?? null,
  };
}

/**
 * @param {string} program
 * @param {string[]} args
 */
function run(program, ...args) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
  return stdout;
}
