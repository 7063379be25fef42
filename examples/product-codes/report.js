// Writes the tables of docs/product-training.md from the results that there are.
import { readFileSync, writeFileSync } from "node:fs";
import { markdownTable } from "markdown-table";
import { machine, rowsOf } from "./results.js";

/** @import { Row } from "./results.js" */

const PAGE = new URL("../../docs/product-training.md", import.meta.url);
const END = "<!-- end -->";

/**
 * What a table shows beside the measure: the difference from the dense head of the same seed, or the quotient.
 * @typedef {{ run: string, measure: string, digits: number, title: string, against: string, compare: (value: number, dense: number) => number, signed: boolean, compareDigits: number }} Table
 */

/** @param {string} run @returns {Table} */
const accuracy = (run) => ({
  run,
  measure: "accuracy",
  digits: 2,
  title: "accuracy, %",
  against: "− dense",
  compare: (value, dense) => value - dense,
  signed: true,
  compareDigits: 1,
});

/** @type {Table[]} */
const TABLES = [
  accuracy("omniglot"),
  accuracy("intents"),
  accuracy("fashion"),
  {
    run: "words",
    measure: "perplexity",
    digits: 1,
    title: "perplexity",
    against: "/ dense",
    compare: (value, dense) => value / dense,
    signed: false,
    compareDigits: 3,
  },
];

export function writeReport() {
  for (const table of TABLES)
    writePart(`${table.run}: written by npm run train:${table.run}`, tableOf(table));
}

/**
 * A table of another command.
 * @param {string} name
 * @param {string[]} head
 * @param {string[][]} lines
 */
export function writeTable(name, head, lines) {
  const table = markdownTable([head, ...lines], { align: head.map((_, k) => (k === 0 ? "l" : "r")) });
  writePart(`${name}: written by node examples/product-codes/${name}.js`, `${table}\n\nOn ${machine()}.`);
}

/** @type {(name: string, text: string) => void} */
function writePart(name, text) {
  const begin = `<!-- ${name} -->`;
  const page = readFileSync(PAGE, "utf8");
  const [before, rest] = page.split(begin);
  const end = rest?.indexOf(END) ?? -1;
  if (rest === undefined || end < 0) {
    throw new Error(`docs/product-training.md has no part between "${begin}" and "${END}"`);
  }
  writeFileSync(PAGE, `${before}${begin}\n\n${text}\n\n${rest.slice(end)}`);
}

/** @param {Table} table */
function tableOf({ run, measure, digits, title, against, compare, signed, compareDigits }) {
  const rows = rowsOf(run);
  if (rows.length === 0) return "No results yet.";
  const withLoss = rows.every(({ result }) => "loss" in result);
  const measured = (/** @type {Row} */ { result }) => /** @type {number} */ (result[measure]);
  /** @type {Map<string, Row[]>} */
  const groups = new Map();
  for (const row of rows) groups.set(nameOf(row), [...(groups.get(nameOf(row)) ?? []), row]);

  const lines = [...groups]
    .sort(([a], [b]) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1))
    .map(([name, group]) => {
      const compared = group.flatMap((row) => {
        const { epochs, seed } = row.settings;
        const dense = rows.find(
          ({ settings }) => settings.head === "dense" && settings.seed === seed && settings.epochs === epochs,
        );
        return dense === undefined ? [] : [compare(measured(row), measured(dense))];
      });
      const difference = compared.length === 0 ? "" : mean(compared).toFixed(compareDigits);
      return [
        name,
        group.map(({ settings }) => settings.seed).join(", "),
        group.map((row) => measured(row).toFixed(digits)).join(", "),
        mean(group.map(measured)).toFixed(digits),
        signed ? withSign(difference) : difference,
        ...(withLoss ? [mean(group.map(({ result }) => Number(result.loss))).toFixed(3)] : []),
        (mean(group.map(({ processorSeconds }) => processorSeconds)) / 60).toFixed(1),
      ];
    });
  const head = [
    "head",
    "seeds",
    `${title}, by seed`,
    "mean",
    against,
    ...(withLoss ? ["NLL"] : []),
    "processor minutes",
  ];
  const machines = [...new Set(rows.map(({ machine }) => machine))].sort();
  return `${markdownTable([head, ...lines], { align: head.map((_, k) => (k < 3 ? "l" : "r")) })}\n\nOn one thread of ${machines.join("; ")}.`;
}

/** @param {string} number */
function withSign(number) {
  if (Number(number) === 0) return number.replace("-", "");
  return Number(number) > 0 ? `+${number}` : number.replace("-", "−");
}

/** @param {Row} row */
function nameOf({ settings: { head, epochs, roundEvery, classScale, start = "random" } }) {
  const words = [`\`${head}\``];
  if (roundEvery !== 1) words.push(`rounded every ${roundEvery} steps`);
  if (classScale) words.push("a magnitude a class");
  if (start !== "random") words.push(`W starts from ${start}`);
  words.push(`${epochs} epochs`);
  return words.join(", ");
}

const ORDER = ["dense", "cosine", "hadamard", "product", "frozen"];

/** Heads of one phase first, in the order above. @param {string} name */
function placeOf(name) {
  const [, head = ""] = /^`([^`]*)`/.exec(name) ?? [];
  const place = ORDER.indexOf(head.split(/[:,@]/)[0]);
  return head.includes(",") ? ORDER.length + place : place;
}

/** @param {number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
