// What is noted of an addon when it is built, and whether it is still what its sources make.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fromRoot } from "../paths.js";
import { hashOf, ownVersion, versionOf } from "../stamps.js";
import { addonOf, recordOf, TARGETS } from "./targets.js";

/**
 * `bytes` and `checksum` are what lib/backends/native/intact.ts compares before it loads an addon.
 * @typedef {{ bytes: number, checksum: string, sources: string }} Record
 */

const IN_PREBUILD = (/** @type {string[]} */ ...names) => names.map((name) => `scripts/prebuild/${name}`);
const COMPILED = ["native", "binding.gyp", ...IN_PREBUILD("compile.js", "gyp.gypi", "package-lock.json")];
const LINKED = [...COMPILED, ...IN_PREBUILD("link.js", "names.c")];

/**
 * One hash of all that an addon, or its object files, are made of.
 * @param {string} target
 * @param {string[]} files
 */
const hashFor = (target, files) =>
  hashOf(files, [TARGETS[target].zig, ownVersion(), versionOf("node-addon-api")]);

/** @param {string} target */
export const sourcesOf = (target) => hashFor(target, LINKED);
/** @param {string} target */
export const objectSourcesOf = (target) => hashFor(target, COMPILED);

/**
 * Fletcher's checksum, as lib/backends/native/checksum.ts makes it.
 * @param {Uint8Array} bytes
 */
export function checksum(bytes) {
  const words = new Uint32Array(4 * Math.ceil(bytes.length / 16));
  new Uint8Array(words.buffer).set(bytes);
  const sums = new Uint32Array(2);
  for (const word of words) {
    sums[0] += word;
    sums[1] += sums[0];
  }
  return [...sums].map((sum) => sum.toString(16).padStart(8, "0")).join("");
}

/**
 * @param {string} target
 * @param {string} sources
 */
export function writeRecord(target, sources) {
  const bytes = readFileSync(fromRoot(addonOf(target)));
  /** @type {Record} */
  const record = { bytes: bytes.length, checksum: checksum(bytes), sources };
  mkdirSync(dirname(fromRoot(recordOf(target))), { recursive: true });
  writeFileSync(fromRoot(recordOf(target)), `${JSON.stringify(record)}\n`);
}

/**
 * Why an addon cannot be published, or null.
 * @param {string} target
 */
export function fault(target) {
  const addon = addonOf(target);
  const bytes = read(addon);
  if (bytes === null) return `${addon} is not there`;
  const text = read(recordOf(target));
  if (text === null) return `${recordOf(target)}, which npm run prebuild writes beside it, is not there`;
  /** @type {Record} */
  const record = JSON.parse(text.toString());
  if (record.sources !== sourcesOf(target)) return `${addon} is older than its sources`;
  if (record.bytes === bytes.length && record.checksum === checksum(bytes)) return null;
  return `${addon} is not as it was built`;
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(fromRoot(file));
  } catch {
    return null;
  }
}
