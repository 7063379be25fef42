// Rows that were run: one small JSON file each, which is all that the page is made of.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** @import { Results, TestScores } from "../src/training/result.ts" */
/** @import { Row } from "./sets.js" */

/** Changed where rows that were kept before cannot be read or compared any more. */
const VERSION = 1;

/** @typedef {Pick<TestScores, "rows" | "accuracy" | "top5" | "nll" | "ece" | "temperature" | "calibrated" | "correct">} Scores */
/**
 * @typedef {object} KeptRun
 * @property {number} seed
 * @property {"done" | "failed" | "interrupted"} status
 * @property {string | null} failure
 * @property {number} learningRate
 * @property {{ epoch: number, of: number, validation: { accuracy: number, nll: number }, test: Scores } | null} best
 * @property {number} seconds
 */
/**
 * @typedef {object} KeptRow
 * @property {string} row
 * @property {string} key of data and options: a row of another key is run again
 * @property {Record<string, unknown>} options
 * @property {{ name: string, hash: string, classes: number, shape: readonly number[], rows: Results["data"]["rows"], notes: readonly string[] }} data
 * @property {Results["environment"]} environment
 * @property {KeptRun[]} runs
 * @property {{ name: string, seconds: number, test: Scores }[]} baselines
 * @property {Results["runs"][number]["parameters"]} parameters
 * @property {number} headBytes
 * @property {Results["runs"][number]["stepMilliseconds"]} stepMilliseconds median over the seeds
 * @property {number} seconds of all seeds, on the clock: what else the machine did is in it
 * @property {number | null} processorSeconds null where the row was interrupted: of its first part it is not known
 */

/** @param {Row} row */
export const keyOf = ({ set, head, options }) =>
  createHash("sha256")
    .update(JSON.stringify([VERSION, set.source.files, head, Object.entries(options).sort()]))
    .digest("hex")
    .slice(0, 16);

/** @param {string} id */
const pathOf = (id) => fileURLToPath(new URL(`rows/${id.replaceAll(":", "-")}.json`, import.meta.url));

/**
 * What is kept of a row, unless its data or options have changed since.
 * @param {Row} row
 * @returns {KeptRow | undefined}
 */
export function findRow(row) {
  const path = pathOf(row.id);
  if (!existsSync(path)) return undefined;
  const kept = JSON.parse(readFileSync(path, "utf8"));
  return kept.key === keyOf(row) ? kept : undefined;
}

/** @param {KeptRow} kept */
export function keepRow(kept) {
  const path = pathOf(kept.row);
  mkdirSync(dirname(path), { recursive: true });
  // Half a file would count as a row.
  writeFileSync(`${path}.part`, `${JSON.stringify(kept, null, 1)}\n`);
  renameSync(`${path}.part`, path);
}

/**
 * @param {Row} row
 * @param {Results} results
 * @param {number | null} processorSeconds
 * @returns {KeptRow}
 */
export function summarize(row, results, processorSeconds) {
  const { data, environment, runs, baselines } = results;
  const [first] = runs;
  const median = (/** @type {number[]} */ values) => values.sort((a, b) => a - b)[values.length >> 1];
  return {
    row: row.id,
    key: keyOf(row),
    options: row.options,
    data: {
      name: data.name,
      hash: data.hash,
      classes: data.classes.length,
      shape: data.shape,
      rows: data.rows,
      notes: data.notes,
    },
    environment,
    runs: runs.map(({ seed, status, failure, learningRate, epochs, best, seconds }) => ({
      seed,
      status,
      failure,
      learningRate,
      best: best && {
        epoch: best.epoch,
        of: epochs.length,
        validation: best.validation,
        test: scoresOf(best.test),
      },
      seconds: round(seconds),
    })),
    baselines: baselines.map(({ name, seconds, test }) => ({
      name,
      seconds: round(seconds),
      test: scoresOf(test),
    })),
    parameters: first.parameters,
    headBytes: first.headBytes,
    stepMilliseconds: {
      head: round(median(runs.map(({ stepMilliseconds }) => stepMilliseconds.head))),
      all: round(median(runs.map(({ stepMilliseconds }) => stepMilliseconds.all))),
    },
    seconds: round(runs.reduce((sum, { seconds }) => sum + seconds, 0)),
    processorSeconds: processorSeconds && round(processorSeconds),
  };
}

/** @param {TestScores} scores @returns {Scores} */
const scoresOf = ({ rows, accuracy, top5, nll, ece, temperature, calibrated, correct }) => ({
  rows,
  accuracy,
  top5,
  nll,
  ece,
  temperature,
  calibrated,
  correct,
});

/** @param {number} value */
const round = (value) => Number(value.toPrecision(4));
