// Writes docs/results.md from the rows that are kept: no figure in it is typed.
import { writeFileSync } from "node:fs";
import { markdownTable } from "markdown-table";
import { deviation, mean } from "../dist/metrics/statistics.js";
import { difference, meanOf, resultsOf, valuesOf } from "./compare.js";
import { findRow } from "./kept.js";
import { PAPER } from "./paper.js";
import { ROWS, SETS } from "./sets.js";
import { signed, verdicts } from "./targets.js";

/** @import { Measure, SetResults } from "./compare.js" */
/** @import { KeptRow } from "./kept.js" */

const PAGE = new URL("../../../docs/results.md", import.meta.url);

export function writePage() {
  const page = pageOf(SETS.map((set) => resultsOf(set, findKept)));
  // Where a part is empty, its blank lines would be two.
  writeFileSync(PAGE, page.replace(/\n{3,}/g, "\n\n"));
}

/** @param {string} id */
function findKept(id) {
  const row = ROWS.find((row) => row.id === id);
  return row === undefined ? undefined : findRow(row);
}

/** @param {SetResults[]} all */
export function pageOf(all) {
  const kept = all.filter(({ rows }) => rows.length > 0);
  const everything = verdicts(all);
  const judged = everything.filter(({ met }) => met !== null);
  const waiting = everything.length - judged.length;
  const machines = [...new Set(kept.flatMap(({ rows }) => rows.map(({ row }) => machineOf(row))))].sort();
  return `<!-- Written by npm run results; change packages/lab/results instead. -->

# Results

Does a last layer that is fixed cost accuracy?
Heads on the same trunk, with the same data, splits, order, seeds and steps, trained by [the laboratory](lab.md); beside them the figures of the paper.

    npm run results                      # runs the rows that are missing, and writes this page
    npm run results -- letters           # all heads of one set
    npm run results -- letters/cosine    # one row
    npm run results -- --shared FOLDER   # with the sets that may not be passed on

A row is one head on one set, with three seeds.
Data are fetched when they are needed and checked by their sha256.
Trunks and epochs are such that a row takes minutes; the learning rate is the laboratory's default, or chosen for every head out of the same ones on the validation part.
Of the epochs of a run, the one that does best on the validation part is taken, and the test part is looked at once; the best fixed head of a set is chosen by its validation part too.
± is the standard deviation over seeds; a difference is paired by seeds, and its brackets hold 95 % by Student's t, which three seeds make wide.
T is the temperature that is chosen on the validation part.
Milliseconds are the head's part of a training step.
A simplex leaves the last feature out, for which it has no place.

## In short

${summary(all)}

${saidOf(all)}

## What was aimed at

${tableOf(
  ["what", "target", "found", "", "why"],
  judged.map(({ what, target, found, met, reason }) => [
    what,
    target,
    found,
    met ? "met" : "**missed**",
    reason,
  ]),
  "lrrll",
)}

${waiting === 0 ? "" : `For ${waiting} more, rows are missing.\n`}
## The paper's figures

These are theirs: Hoffer, Hubara and Soudry, _Fix your classifier_ (ICLR 2018), table 1, validation accuracy in percent.
Their networks are far larger than those that a CPU trains in minutes, as ours: only the last column can be laid beside what is above.

${tableOf(
  ["data", "network", "learned", "fixed", "fixed − learned"],
  PAPER.map(({ data, network, learned, fixed }) => [
    data,
    network,
    asThere(learned, data),
    asThere(fixed, data),
    signed(fixed - learned),
  ]),
  "llrrr",
)}

${kept.map(sectionOf).join("\n\n")}

## Layers that are trained already

What the last layers of trained networks keep as product codes and behind an adapter is measured by \`npm --prefix packages/models run results\`, and stands in [models.md](models.md#convert-it-and-say-what-it-costs).

## Machine

${machines.map((machine) => `- ${machine}`).join("\n")}

Seconds are those of the clock for the runs that were chosen, what else the machine did included, and those of the processor for the whole command, with other learning rates and methods without a trunk.
`;
}

/** @param {SetResults[]} all */
function summary(all) {
  const shown = all.filter(({ rows }) => rows.length > 0);
  const missing = all.filter(({ rows }) => rows.length === 0).map(({ set }) => set.source.title);
  const lines = shown.map(({ set, learned, best, rows }) => {
    const { measure, source } = set;
    const missing = Object.keys(set.heads).length - rows.length;
    const title =
      missing === 0
        ? source.title
        : `${source.title} (${missing} ${missing === 1 ? "head" : "heads"} not run yet)`;
    const cells = [learned, best].map((head) => (head === undefined ? "–" : told(head.row, measure)));
    return [
      title,
      learned === undefined ? "" : String(learned.row.data.classes),
      cells[0],
      best === undefined ? cells[1] : `${cells[1]} \`${best.head}\``,
      learned === undefined || best === undefined ? "–" : comparison(best.row, learned.row, measure),
    ];
  });
  const table = tableOf(
    ["set", "classes", "learned", "best fixed, by validation", "fixed − learned"],
    lines,
    "lrrrr",
  );
  return missing.length === 0
    ? table
    : `${table}

Not run yet: ${missing.join("; ")}.`;
}

/** @param {SetResults[]} all */
function saidOf(all) {
  const compared = all.flatMap(({ set, learned, best }) =>
    set.measure === "accuracy" && learned !== undefined && best !== undefined
      ? [meanOf(best.row, "accuracy") - meanOf(learned.row, "accuracy")]
      : [],
  );
  if (compared.length === 0) return "No set has both heads yet.";
  const close = compared.filter((points) => points >= -0.5).length;
  const average = compared.reduce((a, b) => a + b, 0) / compared.length;
  return `On ${close} of ${compared.length} sets of classes, the best fixed head is at most half a point below the learned one, or above it; on average the difference is ${signed(average)} points.`;
}

/** @param {SetResults} results */
function sectionOf({ set, rows, learned }) {
  const { source, measure, options, about } = set;
  const [{ row: any }] = rows;
  const { train, validation, test } = any.data.rows;
  const shown = Object.entries(options).map(([name, value]) => `\`--${name} ${value}\``);
  const count = (/** @type {number} */ n) => n.toLocaleString("en");
  const lines = rows.map(({ head, row }) => [
    `\`${head}\`${particulars(set.heads[head])}`,
    told(row, measure),
    learned === undefined || head === "learned" ? "" : comparison(row, learned.row, measure),
    meanOf(row, "nll").toFixed(3),
    meanOf(row, "calibratedNll").toFixed(3),
    meanOf(row, "ece").toFixed(1),
    meanOf(row, "calibratedEce").toFixed(1),
    mean(row.runs.flatMap(({ best }) => (best === null ? [] : [best.test.temperature]))).toFixed(2),
    count(row.parameters.head),
    count(row.headBytes),
    String(row.stepMilliseconds.head),
    `${Math.round(row.seconds)} / ${row.processorSeconds === null ? "–" : Math.round(row.processorSeconds)}`,
  ]);
  const baselines = rows.flatMap(({ row }) =>
    row.baselines.map(
      ({ name, test }) =>
        `On the inputs alone: ${name}, accuracy ${(100 * test.accuracy).toFixed(2)} %, NLL after temperature ${test.calibrated.nll.toFixed(3)}.`,
    ),
  );
  const failures = rows.flatMap(({ head, row }) =>
    row.runs.flatMap(({ seed, failure }) =>
      failure === null ? [] : [`\`${head}\`, seed ${seed}, failed: ${failure}.`],
    ),
  );
  const best = rows.flatMap(({ row }) =>
    row.runs.map(({ best }) => (best === null ? 0 : best.epoch / best.of)),
  );
  const late = best.filter((share) => share === 1).length;
  return `## ${source.title}

${about}
${count(train)} rows train, ${count(validation)} choose, ${count(test)} test; ${count(any.data.classes)} classes.
${shown.join(" ")}; data: ${source.origin}; licence: ${source.licence}.
Of ${best.length} runs, ${late} were best in their last epoch.

${tableOf(
  [
    "head",
    measure === "accuracy" ? "accuracy, %" : "perplexity",
    measure === "accuracy" ? "− learned" : "of learned",
    "NLL",
    "after T",
    "ECE, %",
    "after T",
    "T",
    "parameters",
    "bytes",
    "ms",
    "seconds, clock / processor",
  ],
  lines,
  "lrrrrrrrrrrr",
)}${[...baselines, ...failures].map((line) => `\n\n${line}`).join("")}`;
}

/** @param {Record<string, string | number>} options of a head */
export function particulars(options) {
  const told = Object.entries(options).filter(([name]) => name !== "baselines");
  return told.length === 0 ? "" : ` (${told.map(([name, value]) => `${name} ${value}`).join(", ")})`;
}

/** @param {KeptRow} row @param {Measure} measure */
export function told(row, measure) {
  const values = valuesOf(row, measure);
  if (values.length === 0) return "failed";
  const digits = measure === "accuracy" ? 2 : 1;
  const spread = values.length < 2 ? "" : ` ± ${deviation(values).toFixed(digits)}`;
  return `${mean(values).toFixed(digits)}${spread}`;
}

/** A difference in points with its interval, of perplexities a quotient. @type {(row: KeptRow, other: KeptRow, measure: Measure) => string} */
export function comparison(row, other, measure) {
  if (measure === "perplexity") return (meanOf(row, measure) / meanOf(other, measure)).toFixed(3);
  const interval = difference(row, other, measure);
  if (interval === null) return signed(meanOf(row, measure) - meanOf(other, measure));
  return `${signed(interval.value)} [${signed(interval.low)}, ${signed(interval.high)}]`;
}

/** @param {KeptRow} row */
export const machineOf = ({ environment: { cpu, platform, node, engine, backend } }) =>
  `${cpu}, ${platform}, Node ${node}; trunks and learned heads ${engine}, fixed heads ${backend}`;

/** They give a tenth of ImageNet's percents and a hundredth of the others. @type {(value: number, data: string) => string} */
const asThere = (value, data) => value.toFixed(data === "ImageNet" ? 1 : 2);

/** @type {(head: string[], lines: string[][], align: string) => string} */
export const tableOf = (head, lines, align) => markdownTable([head, ...lines], { align: [...align] });
