// Keeps what was measured beside this file, and writes the tables of docs/models.md and of the package's README.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { markdownTable } from "markdown-table";
import { cellsOf, factsOf, sentenceOf } from "../dist/commands/report.js";

/** @import { Conversion, LastLayer } from "../dist/index.js" */
/** @import { Facts } from "../dist/commands/report.js" */

const DOCS = new URL("../../../docs/models.md", import.meta.url);
const README = new URL("../README.md", import.meta.url);
const END = "<!-- end -->";
const WRITTEN = "written by packages/models/results/run.js";

/**
 * @param {string} name
 * @param {LastLayer} layer
 * @param {Conversion[]} conversions of the same rows, split in several ways
 */
export function keep(name, layer, conversions) {
  const facts = meanOf(conversions.map((conversion) => factsOf(layer, conversion)));
  writeFileSync(fileOf(name), `${JSON.stringify(facts, null, 2)}\n`);
}

/** @param {Facts[]} splits @returns {Facts} */
function meanOf(splits) {
  const [first] = splits;
  const mean = (/** @type {(facts: Facts) => number | null} */ of) =>
    splits.reduce((sum, facts) => sum + (of(facts) ?? 0), 0) / splits.length;
  const candidates = first.candidates.map(({ name, ...rest }) => {
    const its = (/** @type {"agreement" | "amongFive" | "accuracy" | "divergence" | "microseconds"} */ key) =>
      mean((facts) => facts.candidates.find((other) => other.name === name)?.[key] ?? null);
    return {
      name,
      ...rest,
      microseconds: its("microseconds"),
      agreement: its("agreement"),
      amongFive: its("amongFive"),
      accuracy: rest.accuracy === null ? null : its("accuracy"),
      divergence: its("divergence"),
    };
  });
  const chosen = candidates.find(({ agreement }) => agreement >= first.minAgreement);
  const { accuracy } = first.original;
  return {
    ...first,
    original: {
      ...first.original,
      accuracy: accuracy === null ? null : mean(({ original }) => original.accuracy),
      microseconds: mean(({ original }) => original.microseconds),
    },
    candidates: candidates.map((one) => ({ ...one, recommended: one === chosen })),
  };
}

/** @param {string} name */
const fileOf = (name) => new URL(`${name}.json`, import.meta.url);

/** From what is kept. */
export function writePages() {
  for (const name of ["images", "more-images", "intents", "sentences"]) {
    if (!existsSync(fileOf(name))) continue;
    /** @type {Facts} */
    const facts = JSON.parse(readFileSync(fileOf(name), "utf8"));
    const table = tableOf(facts);
    writePart(DOCS, name, `${sentenceOf(facts, false)}\n\n${table}`);
    if (name === "images") writePart(README, "summary", table);
  }
}

/** @param {Facts} facts */
function tableOf(facts) {
  const cells = cellsOf(facts, false);
  return markdownTable(cells, { align: cells[0].map((_, index) => (index === 0 ? "l" : "r")) });
}

/** @type {(page: URL, name: string, text: string) => void} */
function writePart(page, name, text) {
  const begin = `<!-- ${name}: ${WRITTEN} -->`;
  const [before, rest] = readFileSync(page, "utf8").split(begin);
  const end = rest?.indexOf(END) ?? -1;
  if (rest === undefined || end < 0) throw new Error(`${page} has no part "${begin}" … "${END}"`);
  writeFileSync(page, `${before}${begin}\n\n${text}\n\n${rest.slice(end)}`);
}
