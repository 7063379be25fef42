// What an addon may need and what it has to offer, read off its file: so much is known of platforms that cannot be run here too.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fromRoot } from "../paths.js";
import { contentsOf } from "./inspect.js";
import { EXPORTS } from "./link.js";
import { signatureFault } from "./signature.js";
import { addonOf } from "./targets.js";

/** What binding.gyp asks for, NAPI_VERSION. */
const NODE_API = "v8";
const OLDEST_GLIBC = 17;
const OLDEST_MACOS = "11.0";

/** The second is its own name, which every library of macOS has. */
const SYSTEM = /^(\/usr\/lib\/libSystem\.B\.dylib|@rpath\/fixed_classifier\.node)$/;

/** @type {Record<string, { format: string, libraries: RegExp }>} */
const EXPECTED = {
  "linux-x64": { format: "elf64-x86-64", libraries: /^lib(c|dl|m|pthread)\.so\.\d$/ },
  "linux-x64-musl": { format: "elf64-x86-64", libraries: /^libc\.so$/ },
  "linux-arm64": {
    format: "elf64-littleaarch64",
    libraries: /^(lib(c|dl|m|pthread)|ld-linux-aarch64)\.so\.\d$/,
  },
  "linux-arm64-musl": { format: "elf64-littleaarch64", libraries: /^libc\.so$/ },
  "darwin-x64": { format: "Mach-O 64-bit x86-64", libraries: SYSTEM },
  "darwin-arm64": { format: "Mach-O arm64", libraries: SYSTEM },
  // What every Windows from 10 on has, and the program that loads the addon.
  "win32-x64": {
    format: "COFF-x86-64",
    libraries: /^(node\.exe|kernel32\.dll|ntdll\.dll|msvcrt\.dll|api-ms-win-crt-.*\.dll)$/,
  },
  "win32-arm64": {
    format: "COFF-ARM64",
    libraries: /^(node\.exe|kernel32\.dll|ntdll\.dll|msvcrt\.dll|api-ms-win-crt-.*\.dll)$/,
  },
};

/**
 * @param {string} target
 * @returns {string[]} what is wrong
 */
export function faultsOf(target) {
  const contents = contentsOf(target);
  const { format, libraries } = EXPECTED[target];
  const strange = contents.libraries.filter((name) => !libraries.test(name));
  const hidden = EXPORTS.filter((name) => !contents.exports.includes(name));
  const extra = target.startsWith("linux") ? contents.exports.filter((name) => !EXPORTS.includes(name)) : [];
  const known = new Set(Object.values(symbolsOf(NODE_API)).flat());
  const newer = contents.imports.filter((name) => /^(napi|node_api)_/.test(name) && !known.has(name));
  const tooNew = contents.versions.filter((version) => !isOldEnough(version));
  return [
    contents.format !== format && `it has the format ${contents.format}, not ${format}`,
    hidden.length > 0 && `it does not export ${hidden.join(", ")}`,
    extra.length > 0 && `it exports ${extra.join(", ")} too`,
    contents.libraries.length === 0 && "it needs no library, not even that of C",
    strange.length > 0 && `it needs ${strange.join(", ")}`,
    newer.length > 0 && `it needs ${newer.join(", ")}, which are not in version 8 of Node-API`,
    tooNew.length > 0 && `it needs ${tooNew.join(", ")}`,
    target.startsWith("darwin") && contents.oldest !== OLDEST_MACOS && `it is for macOS ${contents.oldest}`,
    target === "darwin-arm64" && signatureFault(readFileSync(fromRoot(addonOf(target)))),
  ].filter((fault) => typeof fault === "string");
}

/** @param {string} version such as GLIBC_2.14 */
function isOldEnough(version) {
  const [, minor] = /^GLIBC_2\.(\d+)(?:\.\d+)?$/.exec(version) ?? [];
  return minor !== undefined && Number(minor) <= OLDEST_GLIBC;
}

/**
 * The names of a version of Node-API.
 * @param {string} version
 * @returns {Record<string, string[]>}
 */
function symbolsOf(version) {
  const require = createRequire(fromRoot("scripts/prebuild/package.json"));
  return require("node-api-headers").symbols[version];
}
