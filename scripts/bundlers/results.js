// What each way has told last, kept beside the installed bundlers: so that one of them can be tried again by itself.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { NAME } from "./run.js";

/** @import { Result } from "./bundler.js" */

/**
 * @typedef {object} Row
 * @property {string} bundler
 * @property {string} version
 * @property {string} way
 * @property {Result} result
 */

/** @param {string} project */
const fileIn = (project) => join(project, "node_modules/.cache/fixed-classifier/results.json");

/**
 * Adds rows to those of the same package; they take the place of older ones.
 * @param {string} project
 * @param {Row[]} rows
 * @returns {Row[]} all of this package
 */
export function keep(project, rows) {
  const file = fileIn(project);
  const hash = hashOfPackage(project);
  /** @type {{ hash: string, rows: Row[] } | undefined} */
  const last = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  const others = (last?.hash === hash ? last.rows : []).filter(
    (old) => !rows.some(({ bundler, way }) => bundler === old.bundler && way === old.way),
  );
  const all = [...others, ...rows];
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ hash, rows: all }));
  return all;
}

/** @param {string} project */
function hashOfPackage(project) {
  const hash = createHash("sha256");
  for (const file of ["package.json", "dist/index.js", "dist/index.cjs", "dist/browser.js"]) {
    hash.update(readFileSync(join(project, "node_modules", NAME, file)));
  }
  return hash.digest("hex");
}
