// docs/bundlers.md: the line that each bundler needs, and what came of each way.
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { markdownTable } from "markdown-table";
import { fromRoot } from "../paths.js";
import { page } from "./page-of-docs.js";

/** @import { Bundler, Output } from "./bundler.js" */
/** @import { Row } from "./results.js" */

const FILE = "docs/bundlers.md";

/**
 * @param {Bundler[]} bundlers
 * @param {Row[]} rows
 */
export function writeReport(bundlers, rows) {
  const lines = markdownTable(
    [
      ["bundler", "what keeps the addon on a server"],
      ...bundlers.map(({ name, keeps = "nothing to do" }) => [name, keeps]),
    ],
    { align: ["l", "l"] },
  );
  const results = markdownTable(
    [
      ["bundler", "way", "files", "kB", "backend"],
      ...bundlers.flatMap(({ name, ways }) =>
        ways.map(({ name: way, lost }) => {
          const row = rows.find((other) => other.bundler === name && other.way === way);
          if (row === undefined) return [name, way, "", "", "not run"];
          const { told, output } = row.result;
          return [
            `${name} ${row.version}`,
            way,
            ...sizes(output),
            `${told.backend}${lost ? ", and a warning" : ""}`,
          ];
        }),
      ),
    ],
    { align: ["l", "l", "r", "r", "l"] },
  );
  const machine = `${cpus()[0]?.model.trim()}, Node ${process.versions.node}, ${process.platform}`;
  writeFileSync(fromRoot(FILE), page(lines, results, machine));
  console.log(`wrote ${FILE}`);
}

/** @param {Output | undefined} output */
const sizes = (output) =>
  output === undefined
    ? ["", ""]
    : [String(output.files.length), (output.bytes / 1000).toFixed(output.bytes < 1e4 ? 1 : 0)];
