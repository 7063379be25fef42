import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fromRoot } from "../scripts/paths.js";
import { backend } from "./product.js";

/**
 * Where the figures of the documentation are: a folder for each instruction set, so that those of one machine do not replace those
 * of another kind.
 */
export const DOCS = fromRoot(
  "docs/benchmarks",
  backend.name === "native" ? backend.instructionSet : backend.name,
);

/** More digits would be noise. */
const DIGITS = 4;
/** @type {(key: string, value: unknown) => unknown} */
const rounded = (_key, value) =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(DIGITS)) : value;

/**
 * @param {string} folder
 * @param {string} name
 * @param {object} content
 */
export function writeJson(folder, name, content) {
  write(folder, name, `${JSON.stringify(content, rounded, 1)}\n`);
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {string} text
 */
export function write(folder, name, text) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
  console.log(`written: ${name} in ${folder}`);
}
