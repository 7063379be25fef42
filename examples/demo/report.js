// The table and what there is to say about it.
import Table from "cli-table3";
import { binomialError, mean, median, standardError } from "./statistics.js";
import { BATCH } from "./training.js";

/**
 * A head with what it reached and took with each seed.
 * @typedef {object} Result
 * @property {string} name
 * @property {Run[]} runs
 * @property {number} parameters
 * @property {string} ranOn
 */
/** @typedef {{ accuracy: number, times: import("./timing.js").Times }} Run */

/**
 * @param {Result[]} results
 * @param {{ images: number, seeds: number }} counts
 */
export function printTable(results, { images, seeds }) {
  const table = new Table({
    head: ["", ...results.map(({ name }) => name)],
    style: { head: [], border: [] },
  });
  /** @type {(title: string, cell: (result: Result) => string) => void} */
  const row = (title, cell) => table.push([title, ...results.map(cell)]);
  row(`test accuracy, ± over ${count(images)} images`, ({ runs }) => {
    const accuracy = mean(runs.map((run) => run.accuracy));
    return percent(accuracy, binomialError(accuracy, images));
  });
  if (seeds > 1) {
    row(`the same, ± over ${seeds} seeds`, ({ runs }) => {
      const accuracies = runs.map((run) => run.accuracy);
      return percent(mean(accuracies), standardError(accuracies));
    });
  }
  row("parameters of the head", ({ parameters }) => count(parameters));
  row("bytes of the head", ({ parameters }) => count(4 * parameters));
  /** @type {(key: keyof Run["times"], digits: number) => (result: Result) => string} */
  const time =
    (key, digits) =>
    ({ runs }) => {
      const times = runs.map(({ times }) => times[key]).filter((value) => value !== undefined);
      return times.length === 0 ? "-" : `${(1000 * median(times)).toFixed(digits)} µs`;
    };
  row(`training step of the head, ${BATCH} rows`, time("step", 0));
  row("  called without TensorFlow.js", time("direct", 0));
  row("inference of the head, a row", time("inference", 3));
  row("head runs on", ({ ranOn }) => ranOn);
  console.log(table.toString());
  if (seeds > 1) printDifferences(results);
}

/**
 * Seed by seed against the first head, so that the part of the noise that both share drops out.
 * @param {Result[]} results
 */
function printDifferences([first, ...others]) {
  for (const { name, runs } of others) {
    const differences = runs.map(({ accuracy }, i) => accuracy - first.runs[i].accuracy);
    const points = (100 * mean(differences)).toFixed(2);
    const error = (100 * standardError(differences)).toFixed(2);
    console.log(`${name} − ${first.name}: ${points} ± ${error} points, seed by seed`);
  }
}

/** @param {number} n */
const count = (n) => n.toLocaleString("en");
/**
 * @param {number} fraction
 * @param {number} error
 */
const percent = (fraction, error) => `${(100 * fraction).toFixed(1)} ± ${(100 * error).toFixed(1)} %`;
