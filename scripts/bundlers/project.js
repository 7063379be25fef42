// The project in which all is built: a folder of a user, with the bundlers and the packed package in its node_modules.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fromRoot, root } from "../paths.js";
import { addonOf, recordOf } from "../prebuild/targets.js";
import { dependenciesCurrent } from "../stamps.js";
import { npmCommand } from "../steps.js";
import { NAME, runProgram } from "./run.js";

const SOURCES = "scripts/bundlers";
/** It stays for the next time: the bundlers are 630 MB. */
const FOLDER = "build-bundlers";
const LEGACY_SOURCES = `${SOURCES}/legacy`;
const LEGACY_FOLDER = `${FOLDER}-legacy`;
const TARBALL = "package.tgz";

/**
 * @param {string | null} tarball a packed package; null: the checkout is packed as it is built, with the addons that it has
 * @returns {Promise<string>} the folder
 */
export async function installProject(tarball) {
  const folder = fromRoot(FOLDER);
  await installTools(FOLDER, SOURCES);
  cpSync(fromRoot(SOURCES, "project"), folder, { recursive: true });

  const packed = join(folder, TARBALL);
  if (tarball !== null) cpSync(tarball, packed);
  else {
    // Without scripts, or an addon that is missing for another platform would stop it.
    await npm(["pack", "--ignore-scripts", "--pack-destination", folder], root);
    const name = readdirSync(folder).find((file) => file.endsWith(".tgz")) ?? "";
    cpSync(join(folder, name), packed);
    rmSync(join(folder, name));
  }
  await npm(["install", "--no-save", "--ignore-scripts", packed], folder);
  rmSync(packed);
  const target = `${process.platform}-${process.arch}`;
  for (const file of [addonOf(target), recordOf(target)]) {
    if (!existsSync(join(folder, "node_modules", NAME, file))) {
      throw new Error(`the package has no ${file}; run \`npm run prebuild -- ${target}\` before`);
    }
  }
  return folder;
}

/**
 * A second project, for tools that have the names of newer ones: with the programs and the package of the first.
 * @param {string} project the first
 * @returns {Promise<string>} the folder
 */
export async function installLegacy(project) {
  const folder = fromRoot(LEGACY_FOLDER);
  await installTools(LEGACY_FOLDER, LEGACY_SOURCES);
  for (const name of ["babel.config.json", "probe.test.js", "webpack.config.js"]) {
    cpSync(fromRoot(LEGACY_SOURCES, name), join(folder, name));
  }
  const installed = join("node_modules", NAME);
  rmSync(join(folder, installed), { recursive: true, force: true });
  for (const name of ["src", installed]) cpSync(join(project, name), join(folder, name), { recursive: true });
  return folder;
}

/**
 * Nothing but the packages of a lock file, which stay there.
 * @param {string} name of the folder
 * @param {string} sources
 */
async function installTools(name, sources) {
  const folder = fromRoot(name);
  mkdirSync(folder, { recursive: true });
  for (const old of readdirSync(folder)) {
    if (old !== "node_modules") rmSync(join(folder, old), { recursive: true });
  }
  for (const file of ["package.json", "package-lock.json", ".npmrc"]) {
    cpSync(fromRoot(sources, file), join(folder, file));
  }
  if (dependenciesCurrent(name)) return;
  console.log(`installing the bundlers in ${name} …`);
  await npm(["ci", "--ignore-scripts"], folder);
}

/**
 * @param {string} project
 * @param {string} name of a package there
 */
export const versionIn = (project, name) =>
  JSON.parse(readFileSync(join(project, "node_modules", name, "package.json"), "utf8")).version;

/**
 * @param {string[]} args
 * @param {string} cwd
 */
function npm(args, cwd) {
  const [program, ...rest] = npmCommand([...args, "--silent"]);
  return runProgram(program, rest, { cwd });
}
