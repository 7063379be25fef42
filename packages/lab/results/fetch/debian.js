// Data that Debian packs: taken from where the package is installed, or out of its archive, which needs no installation.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { outputOf } from "./commands.js";
import { Unavailable } from "./unavailable.js";

/**
 * Where a folder of a package is: "/usr/share/…" itself, or below `folder`, into which the archive is unpacked.
 * @param {string} name
 * @param {string} path
 * @param {string} folder which is there
 */
export function unpackDebian(name, path, folder) {
  if (existsSync(path)) return path;
  try {
    outputOf("apt-get", ["download", name], { cwd: folder });
  } catch (error) {
    throw new Unavailable(
      `needs Debian's package ${name} (apt-get install ${name}): ${/** @type {Error} */ (error).message}`,
    );
  }
  const archive = readdirSync(folder).find((file) => file.startsWith(`${name}_`) && file.endsWith(".deb"));
  if (archive === undefined) throw new Unavailable(`apt-get download ${name} left no archive`);
  outputOf("dpkg-deb", ["-x", join(folder, archive), folder]);
  return join(folder, path);
}
