import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ADDON, fromRoot, root } from "../paths.js";
import { npmCommand } from "../steps.js";

/**
 * The package as npm has packed and installed it.
 * @typedef {object} Installed
 * @property {string} home the folder of the project that uses it
 * @property {string} folder of the package there
 * @property {string} archive what was packed
 * @property {number} size of that in bytes
 * @property {number} unpackedSize
 * @property {string[]} files
 * @property {string} addon which one there is, in a few words
 * @property {boolean} native whether there is one
 */

/**
 * @param {string} home an empty folder
 * @returns {Installed}
 */
export function install(home) {
  // What would refuse an incomplete package is not asked: this one is not published.
  const packed = npm(root, ["pack", "--ignore-scripts", "--json", "--pack-destination", home]);
  const [{ filename, size, unpackedSize, files }] = Object.values(JSON.parse(packed));
  writeFileSync(join(home, "package.json"), JSON.stringify({ name: "user", private: true }));
  const archive = join(home, filename);
  npm(home, ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=peer", archive]);
  const folder = join(home, "node_modules/fixed-classifier");
  return {
    home,
    folder,
    archive,
    size,
    unpackedSize,
    files: files.map((/** @type {{ path: string }} */ { path }) => path),
    ...addonOf(folder),
  };
}

/**
 * Prebuilt addons take a compiler that most checkouts do not have; there the local build stands in for this platform's.
 * @param {string} folder
 */
function addonOf(folder) {
  const target = `${process.platform}-${process.arch}`;
  const prebuilt = join(folder, "prebuilds", target, "fixed_classifier.node");
  if (existsSync(prebuilt)) return { native: true, addon: `with the prebuilt addon for ${target}` };
  if (!existsSync(fromRoot(ADDON))) return { native: false, addon: "without an addon" };
  mkdirSync(dirname(prebuilt), { recursive: true });
  copyFileSync(fromRoot(ADDON), prebuilt);
  return { native: true, addon: "with the addon of this checkout, for there are no prebuilt ones" };
}

/**
 * @param {string} cwd
 * @param {string[]} args
 */
const npm = (cwd, args) => runIn(cwd, npmCommand(args));

/**
 * Runs a command to its end and returns what it prints; throws all of that where it fails.
 * @param {string} cwd
 * @param {string[]} command
 * @param {Record<string, string | undefined>} env added to that of this process
 */
export function runIn(cwd, [command, ...args], env = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, npm_config_prefix: undefined, ...env },
    shell: process.platform === "win32" && command === "npm",
  });
  if (status !== 0) throw new Error(`${[command, ...args].join(" ")}\n${stdout}${stderr}${error ?? ""}`);
  return stdout;
}

/**
 * Writes a program into the user's folder and runs it with Node.js.
 * @param {Installed} installed
 * @param {string} file
 * @param {string} text
 */
export function runProgram({ home }, file, text) {
  writeFileSync(join(home, file), text);
  return runIn(home, [process.execPath, file]).trim();
}

/** @param {string} path */
export const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));
