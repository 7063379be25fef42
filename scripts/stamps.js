// What the steps of the set-up were last done for.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { fromRoot } from "./paths.js";

// Not under build/, which node-gyp empties.
const FOLDER = "node_modules/.cache/fixed-classifier";
const FILE = `${FOLDER}/setup.json`;

/**
 * What a step was last done for, as a hash, or tried for, with what is told of its failure.
 * @typedef {{ hash: string, message?: string }} Stamp
 */

/**
 * What npm's lock file and its record of what it installed have in common.
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, dependencies?: object, devDependencies?: object }} Locked
 * @typedef {{ packages?: Record<string, Locked> }} Lock
 */

export class Stamps {
  /** @type {Record<string, Stamp | undefined>} */
  #stamps = readJson(FILE) ?? {};

  /** @param {string} key */
  get(key) {
    return this.#stamps[key];
  }

  /** @param {string} output */
  exists(output) {
    return existsSync(fromRoot(output));
  }

  /**
   * Whether a step was done for these inputs and its output is still there.
   * @param {string} key
   * @param {string} hash of the inputs
   * @param {string} output
   */
  current(key, hash, output) {
    return this.#stamps[key]?.hash === hash && this.exists(output);
  }

  /**
   * @param {string} key
   * @param {Stamp | undefined} stamp
   */
  set(key, stamp) {
    this.#stamps[key] = stamp;
    this.save();
  }

  save() {
    mkdirSync(fromRoot(FOLDER), { recursive: true });
    writeFileSync(fromRoot(FILE), JSON.stringify(this.#stamps, null, 2));
  }
}

/**
 * One hash of the contents of files and folders, and of further strings.
 * @param {string[]} paths
 * @param {string[]} strings
 */
export function hashOf(paths, strings) {
  const hash = createHash("sha256");
  for (const file of paths.flatMap(filesUnder)) {
    // Lengths, so that no two different lists give the same stream of bytes.
    const content = readFileSync(fromRoot(file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.update(JSON.stringify(strings)).digest("hex");
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesUnder(path) {
  const stats = statSync(fromRoot(path), { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (!stats.isDirectory()) return [path];
  return readdirSync(fromRoot(path))
    .sort()
    .flatMap((name) => filesUnder(`${path}/${name}`));
}

/**
 * Name and version of a package as installed.
 * @param {string} name
 */
export const versionOf = (name) => `${name}@${readJson(`node_modules/${name}/package.json`)?.version}`;

/** The version of this package, which the addon states. */
export const ownVersion = () => String(readJson("package.json")?.version);

/**
 * Whether node_modules holds what package-lock.json asks for, by the record that npm keeps there: so an `npm install` by hand
 * counts too. Packages for other platforms are not installed.
 *
 * @param {string} folder
 * @param {string} [member] of a workspace: what it asks for by itself is enough, since npm installs what that needs along with it
 */
export function dependenciesCurrent(folder = ".", member) {
  const wanted = readLock(`${folder}/package-lock.json`);
  const installed = readLock(`${folder}/node_modules/.package-lock.json`);
  if (wanted === undefined || installed === undefined) return false;
  const { dependencies, devDependencies } = wanted[member ?? ""] ?? {};
  const direct = new Set(
    Object.keys({ ...dependencies, ...devDependencies }).map((name) => `node_modules/${name}`),
  );
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === "" || (member !== undefined && !direct.has(path))) return true;
    const found = installed[path];
    if (found === undefined) return optional === true;
    return found.version === version && (integrity === undefined || found.integrity === integrity);
  });
}

/** @param {string} path */
function readLock(path) {
  /** @type {Lock | undefined} */
  const lock = readJson(path);
  return lock?.packages;
}

/** @param {string} path */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(fromRoot(path), "utf8"));
  } catch {
    return undefined;
  }
}
