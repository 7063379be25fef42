// Our head against dense layers of other libraries: `npm run bench:peers -- --help`.
import { Command } from "commander";
import { messageOf } from "../../scripts/steps.js";
import { DOCS, write, writeJson } from "../files.js";
import { describeMachine, duration, machine, printTable } from "../report.js";
import { installLibraries } from "../setup.js";
import { comparePeers } from "./start.js";
import { comparedTransforms, peerOf } from "./transforms.js";

/** @import { PrintedTable } from "../report.js" */
/** @import { Compared } from "./measure.js" */

const SHAPES = [
  { features: 2048, classes: 1000, batches: [1, 16, 64], training: [64] },
  { features: 512, classes: 100_000, batches: [1, 16, 64] },
];
const ONE_THREAD = 1;
const DEFAULT_THREADS = 0;

/** @type {{ quick: boolean, out?: string, peer: string[] }} */
const options = new Command("npm run bench:peers --")
  .description(
    "The head against dense layers of the same shape in other libraries, with one thread each and with as many as " +
      "each takes by itself. Every result is checked against float64 first.",
  )
  .option("--quick", "the first shape only, short measurements, nothing written", false)
  .option(
    "--out <folder>",
    "where the results and their plot are written; default: docs/benchmarks/<instruction set>",
  )
  .option(
    "--peer <name=path:symbol:abi>",
    "a transform of float32 rows in a shared library, against ours and nothing else; may be given more than once. ABIs: " +
      "length: void f(float* row, size_t n); log2: int f(float* row, int log2_n), 0 unless it fails; " +
      "rows: void f(float* rows, size_t count, size_t n)",
    (text, peers) => [...peers, text],
    /** @type {string[]} */ ([]),
  )
  .parse()
  .opts();

if (options.peer.length > 0) {
  console.log(describeMachine(machine()));
  try {
    printTable(comparedTransforms(options.peer.map(peerOf), options.quick ? 10 : 150));
  } catch (error) {
    console.error(messageOf(error));
    process.exitCode = 1;
  }
  process.exit();
}

if (!installLibraries()) process.exit(1);
console.log(describeMachine(machine()));
/** @type {Compared[]} */
const results = [];
/** @type {PrintedTable[]} */
const tables = [];
for (const threads of [ONE_THREAD, DEFAULT_THREADS]) {
  // A process for each shape: what one library leaves behind in memory does not slow down the next shape.
  for (const shape of options.quick ? SHAPES.slice(0, 1) : SHAPES) {
    const compared = await comparePeers({
      threads,
      shapes: [shape],
      milliseconds: options.quick ? 300 : 10_000,
    });
    const table = tableOf(compared);
    printTable(table);
    results.push(...compared);
    tables.push(table);
  }
}

const folder = options.out ?? (options.quick ? undefined : DOCS);
if (folder !== undefined) {
  const { peersPlot } = await import("../plots.js");
  const { markdown } = await import("../markdown.js");
  const description = describeMachine(machine());
  writeJson(folder, "peers.json", { machine: machine(), results });
  write(folder, "peers.md", markdown("npm run bench:peers", description, tables));
  write(folder, "peers.svg", await peersPlot({ results, machine: description }));
}

/**
 * @param {Compared[]} results
 * @returns {PrintedTable}
 */
function tableOf(results) {
  const { features, classes, threads } = results[0];
  const numbers = ["rows", "time per call", "rows/s", "× ours"];
  return {
    title: `${features} → ${classes.toLocaleString("en")}, threads: ${threads}`,
    head: ["operation", "library", ...numbers],
    numbers,
    rows: results.map(({ operation, rows, peer, nanoseconds, timesOurs }) => [
      operation,
      peer,
      rows,
      duration(nanoseconds),
      Math.round((rows / nanoseconds) * 1e9).toLocaleString("en"),
      timesOurs === null ? "" : timesOurs.toFixed(timesOurs < 10 ? 2 : 0),
    ]),
  };
}
