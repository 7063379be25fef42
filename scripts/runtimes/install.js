// The package as npm installs it, in an empty folder: packed, without install scripts, and with the probe beside it.
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ADDON, fromRoot, root } from "../paths.js";
import { npmCommand } from "../steps.js";
import { PROBE, runProgram } from "./runtime.js";

/**
 * @param {string | null} tarball a packed package; null: the checkout is packed
 * @returns {Promise<string>} the folder
 */
export async function installPackage(tarball) {
  // Permissions are asked of real paths.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "fixed-classifier-runtimes-")));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const packed = tarball ?? (await pack(folder));
  await npm(["install", "--silent", "--ignore-scripts", "--omit=peer", packed], folder);
  standIn(folder);
  mkdirSync(join(folder, "scripts"));
  cpSync(fromRoot("scripts/bits"), join(folder, "scripts/bits"), { recursive: true });
  cpSync(fromRoot(PROBE), join(folder, PROBE), { recursive: true });
  return folder;
}

/**
 * The addon of a target in the installed package.
 * @param {string} folder
 * @param {string} target
 */
export const addonIn = (folder, target) =>
  join(folder, "node_modules/fixed-classifier/prebuilds", target, "fixed_classifier.node");

/**
 * Set-up has built what packing would build, and a package without prebuilt addons, which is not published, can be tried too.
 * @param {string} folder
 */
async function pack(folder) {
  const { stdout } = await npm(["pack", "--silent", "--ignore-scripts", "--pack-destination", folder], root);
  return join(folder, stdout.trim());
}

/**
 * Prebuilt addons take a compiler that most checkouts do not have; there the local build stands in for this platform's.
 * @param {string} folder
 */
function standIn(folder) {
  const addon = addonIn(folder, `${process.platform}-${process.arch}`);
  if (existsSync(addon) || !existsSync(fromRoot(ADDON))) return;
  mkdirSync(dirname(addon), { recursive: true });
  copyFileSync(fromRoot(ADDON), addon);
}

/**
 * @param {string[]} args
 * @param {string} cwd
 */
function npm(args, cwd) {
  const [program, ...rest] = npmCommand(args);
  return runProgram(program, rest, { cwd });
}
