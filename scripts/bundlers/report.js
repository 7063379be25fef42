// docs/bundlers.md: the line that each bundler needs, and what came of each way.
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fromRoot } from "../paths.js";
import { page } from "./page-of-docs.js";

/** @import { Bundler, Output, Result, Way } from "./bundler.js" */

/**
 * @typedef {object} Row
 * @property {Bundler} bundler
 * @property {string} version
 * @property {Way} way
 * @property {Result} result
 */

const FILE = "docs/bundlers.md";

/** @param {Row[]} rows */
export function writeReport(rows) {
  const keeps = new Map(rows.map(({ bundler }) => [bundler.name, bundler.keeps ?? "nothing to do"]));
  const lines = table(["", "what keeps the addon on a server"], [...keeps]);
  const results = table(
    ["", "way", "files", "kB", "backend"],
    rows.map(({ bundler, version, way, result: { told, output } }) => [
      `${bundler.name} ${version}`,
      way.name,
      ...sizes(output),
      `${told.backend}${way.lost ? ", and a warning" : ""}`,
    ]),
  );
  const machine = `${cpus()[0]?.model.trim()}, Node ${process.versions.node}, ${process.platform}`;
  writeFileSync(fromRoot(FILE), page(lines, results, machine));
  console.log(`wrote ${FILE}`);
}

/** @param {Output | undefined} output */
const sizes = (output) =>
  output === undefined ? ["", ""] : [String(output.files.length), (output.bytes / 1000).toFixed(0)];

/**
 * @param {string[]} head
 * @param {string[][]} rows
 */
function table(head, rows) {
  const text = (/** @type {string[]} */ cells) => `| ${cells.join(" | ")} |`;
  return [text(head), text(head.map(() => "---")), ...rows.map(text)].join("\n");
}
