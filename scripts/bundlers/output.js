// What a bundler has written: only what it should, and nothing of the machine on which it ran.
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { root } from "../paths.js";

/** @import { Output } from "./bundler.js" */

/**
 * An empty folder for one output.
 * @param {string} project
 * @param {string} name
 */
export function newOutput(project, name) {
  const folder = join(project, "out", name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * @param {string} folder
 * @param {(string | RegExp)[]} expected every file: its name, with slashes, or a pattern of it
 * @returns {Output}
 */
export function inspect(folder, expected) {
  const files = filesOf(folder);
  const extra = files.filter(
    (file) => !expected.some((name) => (typeof name === "string" ? name === file : name.test(file))),
  );
  if (extra.length > 0) throw new Error(`files that nobody asked for: ${extra.join(", ")}`);
  if (files.length !== expected.length) throw new Error(`only ${files.join(", ")} came out`);
  let bytes = 0;
  for (const file of files) {
    const content = readFileSync(join(folder, file));
    bytes += content.length;
    refusePaths(file, content.toString("latin1"));
  }
  return { files, bytes };
}

/**
 * @param {string} folder
 * @returns {string[]} with slashes
 */
export const filesOf = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, "/"))
    .sort();

/**
 * @param {string} file
 * @param {string} text
 * @param {string} [path]
 */
export function refusePaths(file, text, path = root) {
  const at = text.indexOf(path);
  if (at >= 0) throw new Error(`${file} has a path of this machine: ${text.slice(at, at + 200)}`);
}
