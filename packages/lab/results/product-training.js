// Writes the tables of docs/product-training.md from the rows that are kept.
import { readFileSync, writeFileSync } from "node:fs";
import { meanOf } from "./compare.js";
import { findRow } from "./kept.js";
import { comparison, machineOf, particulars, tableOf, told } from "./page.js";
import { VARIANT_TABLES } from "./variants.js";

/** @import { KeptRow } from "./kept.js" */
/** @import { ResultSet, Row } from "./sets.js" */
/** @import { Variant } from "./variants.js" */

const PAGE = new URL("../../../docs/product-training.md", import.meta.url);
const END = "<!-- end -->";

export function writeProductTraining() {
  const page = VARIANT_TABLES.reduce(
    (before, table) =>
      withPart(before, table.set, partOf(table.set, [...table.beside, ...table.variants], findRow)),
    readFileSync(PAGE, "utf8"),
  );
  writeFileSync(PAGE, page);
}

/**
 * The page with another table of a set.
 * @param {string} page
 * @param {ResultSet} set
 * @param {string} part
 */
export function withPart(page, { source: { name } }, part) {
  const begin = `<!-- ${name}: written by npm run results -->`;
  const [before, rest] = page.split(begin);
  const end = rest?.indexOf(END) ?? -1;
  if (rest === undefined || end < 0)
    throw new Error(`docs/product-training.md has no part between "${begin}" and "${END}"`);
  return `${before}${begin}\n\n${part}\n\n${rest.slice(end)}`;
}

/**
 * @param {ResultSet} set
 * @param {Variant[]} variants
 * @param {(row: Row) => KeptRow | undefined} find
 */
export function partOf({ measure, source, options }, variants, find) {
  const rows = variants.flatMap(({ row, own }) => {
    const kept = find(row);
    return kept === undefined ? [] : [{ head: row.head, own, kept }];
  });
  if (rows.length === 0) return "Not run yet.";
  const learned = rows.find(({ head }) => head === "learned")?.kept;
  const lines = rows.map(({ head, own, kept }) => [
    `\`${head}\`${particulars(own)}`,
    told(kept, measure),
    learned === undefined || kept === learned ? "" : comparison(kept, learned, measure),
    meanOf(kept, "nll").toFixed(3),
    meanOf(kept, "calibratedNll").toFixed(3),
    kept.headBytes.toLocaleString("en"),
    kept.processorSeconds === null ? "–" : String(Math.round(kept.processorSeconds)),
  ]);
  const missing = variants.length - rows.length;
  const waiting = missing === 0 ? "" : `Rows that are not run yet: ${missing}.\n`;
  const machines = [...new Set(rows.map(({ kept }) => machineOf(kept)))].sort().join("; ");
  const [{ kept: any }] = rows;
  const shown = Object.entries(options).map(([name, value]) => `\`--${name} ${value}\``);
  return `${tableOf(
    ["head", "accuracy, %", "− learned", "NLL", "after T", "bytes", "seconds of the processor"],
    lines,
    "lrrrrrr",
  )}

${waiting}${source.title}, ${any.runs.length} seeds: ${shown.join(" ")}. On ${machines}.`;
}
