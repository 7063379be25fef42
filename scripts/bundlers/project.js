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
const TARBALL = "package.tgz";

/**
 * @param {string | null} tarball a packed package; null: the checkout is packed as it is built, with the addons that it has
 * @returns {Promise<string>} the folder
 */
export async function installProject(tarball) {
  const folder = fromRoot(FOLDER);
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    if (name !== "node_modules") rmSync(join(folder, name), { recursive: true });
  }
  for (const name of ["package.json", "package-lock.json", ".npmrc"]) {
    cpSync(fromRoot(SOURCES, name), join(folder, name));
  }
  if (!dependenciesCurrent(FOLDER)) {
    console.log(`installing the bundlers in ${FOLDER} …`);
    await npm(["ci", "--ignore-scripts"], folder);
  }
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
