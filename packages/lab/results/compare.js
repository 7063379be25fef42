// Heads of one set beside the learned one of the same seeds.
import { mean, pairedBySeeds } from "../dist/metrics/statistics.js";

/** @import { Interval } from "../src/metrics/statistics.ts" */
/** @import { KeptRow, KeptRun } from "./kept.js" */
/** @import { ResultSet } from "./sets.js" */

/** Heads whose class vectors are learned as numbers: the others are compared with these. */
const LEARNED = ["learned", "cosine"];

/** @typedef {{ head: string, row: KeptRow }} HeadRow */
/** What a set has: its rows, those of heads without numbers that are learned, and the best of these by validation. */
/** @typedef {{ set: ResultSet, rows: HeadRow[], learned: HeadRow | undefined, fixed: HeadRow[], best: HeadRow | undefined }} SetResults */

/**
 * @param {ResultSet} set
 * @param {(id: string) => KeptRow | undefined} find
 * @returns {SetResults}
 */
export function resultsOf(set, find) {
  const rows = Object.keys(set.heads).flatMap((head) => {
    const row = find(`${set.source.name}/${head}`);
    return row === undefined ? [] : [{ head, row }];
  });
  const fixed = rows.filter(({ head }) => !LEARNED.includes(head));
  const sound = fixed.filter(({ row }) => row.runs.every(({ best }) => best !== null));
  return {
    set,
    rows,
    learned: rows.find(({ head }) => head === "learned"),
    fixed,
    best: sound.toSorted((a, b) => validationOf(set, b.row) - validationOf(set, a.row))[0],
  };
}

/** What a head is chosen by: higher is better. @param {ResultSet} set @param {KeptRow} row */
const validationOf = ({ measure }, row) =>
  mean(
    row.runs.map(({ best }) =>
      measure === "accuracy"
        ? (best?.validation.accuracy ?? 0)
        : -(best?.validation.nll ?? Number.POSITIVE_INFINITY),
    ),
  );

/** @typedef {"accuracy" | "perplexity" | "nll" | "ece" | "calibratedNll" | "calibratedEce" | "top5"} Measure */

/** Accuracies and calibration errors in percent. @type {Record<Measure, (run: NonNullable<KeptRun["best"]>) => number>} */
const MEASURES = {
  accuracy: ({ test }) => 100 * test.accuracy,
  top5: ({ test }) => 100 * test.top5,
  perplexity: ({ test }) => Math.exp(test.nll),
  nll: ({ test }) => test.nll,
  ece: ({ test }) => 100 * test.ece,
  calibratedNll: ({ test }) => test.calibrated.nll,
  calibratedEce: ({ test }) => 100 * test.calibrated.ece,
};

/**
 * One value a seed that did not fail.
 * @param {KeptRow} row
 * @param {Measure} measure
 */
export const valuesOf = (row, measure) =>
  row.runs.flatMap(({ best }) => (best === null ? [] : [MEASURES[measure](best)]));

/** @param {KeptRow} row @param {Measure} measure */
export const meanOf = (row, measure) => mean(valuesOf(row, measure));

/**
 * The difference of two rows over the seeds that both have; null where there are fewer than two.
 * @param {KeptRow} row
 * @param {KeptRow} other
 * @param {Measure} measure
 * @returns {Interval | null}
 */
export function difference(row, other, measure) {
  if (row.data.hash !== other.data.hash) {
    throw new Error(`${row.row} and ${other.row} are of different data: run one of them again`);
  }
  const shared = row.runs.flatMap(({ seed, best }) => {
    const twin = other.runs.find((run) => run.seed === seed)?.best ?? null;
    return best === null || twin === null ? [] : [[MEASURES[measure](best), MEASURES[measure](twin)]];
  });
  if (shared.length < 2) return null;
  return pairedBySeeds(
    shared.map(([value]) => value),
    shared.map(([, value]) => value),
  );
}
