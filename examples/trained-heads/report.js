// Keeps what was measured in results/, and writes the tables of docs/trained-heads.md.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { arch, cpus } from "node:os";
import { markdownTable } from "markdown-table";
import { bitsOf } from "./agree.js";

/** @import { Agreement } from "./agree.js" */

const PAGE = new URL("../../docs/trained-heads.md", import.meta.url);
const END = "<!-- end -->";

const machine = () => `${cpus()[0]?.model ?? "unknown"} (${arch()}), Node ${process.versions.node}`;

/**
 * `calibration`: rows of it; `right`: the share of the rows whose class the layer finds, where there are labels.
 * @typedef {{ features: number, classes: number, calibration: number, right?: number | undefined, agreements: Agreement[] }} Measured
 */

/**
 * Keeps what there is of a measurement, whenever there is more.
 * @param {string} name
 * @returns {(measured: Measured) => void}
 */
export const keeper =
  (name) =>
  ({ features, classes, calibration, right, agreements }) => {
    const measured = { features, classes, calibration, right, agreements };
    const folder = new URL("results/", import.meta.url);
    mkdirSync(folder, { recursive: true });
    const text = JSON.stringify({ ...measured, machine: machine() }, null, 2);
    writeFileSync(new URL(`${name}.json`, folder), `${text}\n`);
    console.log(`${name}: ${JSON.stringify(agreements.at(-1))}`);
    writePart(`${name}: written by npm run agreement`, tableOf(measured));
  };

/** @param {Measured} measured */
function tableOf({ features, classes, calibration, right, agreements }) {
  const percent = (/** @type {number} */ count, /** @type {number} */ of) => ((100 * count) / of).toFixed(2);
  const withOthers = agreements.every(({ alone, refined }) => alone !== undefined && refined !== undefined);
  const head = [
    "bits a weight",
    "width",
    "stages",
    ...(withOthers ? ["without calibration, %"] : []),
    "best class, %",
    ...(withOthers ? ["with refine, %"] : []),
    "among five, %",
    "scored again, %",
    "where sure, %",
    "seconds",
  ];
  const lines = agreements
    .map((agreement) => ({ ...agreement, bits: bitsOf(agreement) }))
    .map(
      ({ bits, width, stages, rows, best, alone, refined, amongFive, reranked, sure, sureBest, seconds }) => [
        String(bits),
        String(width),
        String(stages),
        ...(withOthers ? [percent(alone ?? 0, rows)] : []),
        percent(best, rows),
        ...(withOthers ? [percent(refined ?? 0, rows)] : []),
        percent(amongFive, rows),
        percent(reranked, rows),
        sure === 0 ? "–" : percent(sureBest, sure),
        seconds.toFixed(1),
      ],
    );
  const [{ rows, sure }] = agreements;
  const count = (/** @type {number} */ value) => value.toLocaleString("en");
  const facts = [
    `${count(features)} features, ${count(classes)} classes, ${count(rows)} rows, ${count(calibration)} others for calibration`,
    ...(right === undefined ? [] : [`the layer is right for ${(100 * right).toFixed(2)} %`]),
    `it is at least half sure of ${count(sure)}`,
  ];
  return `${markdownTable([head, ...lines], { align: head.map(() => "r") })}\n\n${facts.join("; ")}. On ${machine()}.`;
}

/** @type {(name: string, text: string) => void} */
function writePart(name, text) {
  const begin = `<!-- ${name} -->`;
  const page = readFileSync(PAGE, "utf8");
  const [before, rest] = page.split(begin);
  const end = rest?.indexOf(END) ?? -1;
  if (rest === undefined || end < 0)
    throw new Error(`docs/trained-heads.md has no part "${begin}" … "${END}"`);
  writeFileSync(PAGE, `${before}${begin}\n\n${text}\n\n${rest.slice(end)}`);
}
