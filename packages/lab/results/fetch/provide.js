// From where data come to the files that `train` reads, each of which is checked before it is used.
import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { Unavailable } from "./unavailable.js";

/** Ignored by git, and not below node_modules, which `npm ci` empties. */
const CACHE = fileURLToPath(new URL("../cache/", import.meta.url));

/** Where the files are: made once and kept, in the repository, or below the folder given as `--shared`. */
/** @typedef {{ make: (folder: string, scratch: string) => void | Promise<void> } | { bundled: string } | { shared: string }} Place */
/**
 * @typedef {object} Source
 * @property {string} name
 * @property {string} title
 * @property {string} origin
 * @property {string} licence
 * @property {Place} place
 * @property {Readonly<Record<string, string>>} files the sha256 of each, by its name
 */

/**
 * Paths of the files by their names.
 * @param {Source} source
 * @param {string | undefined} shared
 * @param {string} [cache]
 */
export async function provide(source, shared, cache = CACHE) {
  const files = await gather(source, shared, cache);
  for (const [name, path] of Object.entries(files)) {
    const found = await sha256(path);
    if (found !== source.files[name]) {
      throw new Error(
        `${path} is not what the rows were made with (sha256 ${found}, not ${source.files[name]})`,
      );
    }
  }
  return files;
}

/**
 * The same, unchecked.
 * @param {Source} source
 * @param {string | undefined} shared
 * @param {string} [cache]
 * @returns {Promise<Record<string, string>>}
 */
export async function gather(source, shared, cache = CACHE) {
  const folder = await folderOf(source, shared, cache);
  const entries = Object.keys(source.files).map((name) => [name, join(folder, name)]);
  const missing = entries.find(([, path]) => !existsSync(path));
  if (missing !== undefined) throw new Unavailable(`there is no ${missing[1]}`);
  return Object.fromEntries(entries);
}

/**
 * @param {Source} source
 * @param {string | undefined} shared
 * @param {string} cache
 */
async function folderOf({ name, place, files }, shared, cache) {
  if ("bundled" in place) return place.bundled;
  if ("shared" in place) {
    if (shared === undefined) throw new Unavailable(`give --shared, a folder with ${place.shared}/`);
    return join(shared, place.shared);
  }
  const folder = join(cache, name);
  if (Object.keys(files).every((file) => existsSync(join(folder, file)))) return folder;
  mkdirSync(cache, { recursive: true });
  const made = mkdtempSync(join(cache, `${name}.part-`));
  try {
    const [scratch, whole] = [join(made, "scratch"), join(made, "whole")];
    mkdirSync(scratch);
    mkdirSync(whole);
    await place.make(whole, scratch);
    rmSync(folder, { recursive: true, force: true });
    renameSync(whole, folder);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  return folder;
}

/** @param {string} path */
export async function sha256(path) {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
