// Measures this machine: `npm run bench -- --help`.
import "./one-thread.js";
import { writeFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { loadBackends } from "./backends.js";
import { DOCS, write, writeJson } from "./files.js";
import { fwhtCases } from "./fwht.js";
import { headCases } from "./head.js";
import { measure } from "./measure.js";
import { backendNames } from "./product.js";
import { describeMachine, limitsTable, machine, printCase, printTable, targetsTable } from "./report.js";
import { installLibraries, loadNative } from "./setup.js";
import { measureTargets, PART_NAMES } from "./targets/index.js";

const BACKENDS = [...backendNames];

/** @import { Case } from "./measure.js" */
/** @import { Backend, BackendName } from "./product.js" */

/**
 * @typedef {object} Options
 * @property {string[]} [suites]
 * @property {string[]} [rows] names of parts of the table
 * @property {BackendName[]} backends
 * @property {number} [seconds]
 * @property {boolean} quick
 * @property {string} [json]
 * @property {string} [out]
 */

/** @type {Record<string, (backends: Backend[], options: Options) => Case[]>} */
const SUITES = { fwht: fwhtCases, head: headCases };
/** Parts that say nothing without other libraries. */
const WITH_LIBRARIES = ["peers", "reranked"];
const CHOICES = ["targets", ...Object.keys(SUITES)];

/** @type {(choices: string[]) => (text: string) => string[]} */
const listOf = (choices) => (text) => {
  const names = text.split(",");
  const unknown = names.find((name) => !choices.includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`"${unknown}" is none of ${choices.join(", ")}.`);
  return names;
};
/** @param {string} text */
const positive = (text) => {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("It must be a positive number.");
  return value;
};

/** @type {Options} */
const options = new Command("npm run bench --")
  .description(
    "The table of targets, against the limit of this machine and against other libraries, and the backends against " +
      "each other by Benchmark.js. Every result is checked against float64 first.",
  )
  .option("--suites <names>", `some of ${CHOICES.join(",")}; default: all`, listOf(CHOICES))
  .option(
    "--rows <names>",
    `of the table of targets only some of ${PART_NAMES.join(",")}, and no other suites; written only if --out is given`,
    listOf(PART_NAMES),
  )
  .option(
    "--backends <names>",
    `some of ${backendNames.join(",")}; js always runs`,
    listOf(BACKENDS),
    BACKENDS,
  )
  .option("--seconds <number>", "time for each measurement of Benchmark.js", positive)
  .option(
    "--quick",
    "few sizes, short measurements, other libraries only if their rows are named, nothing written",
    false,
  )
  .option("--json <file>", "write what Benchmark.js measured to a file")
  .option(
    "--out <folder>",
    "where the targets and their plots are written; default: docs/benchmarks/<instruction set>",
  )
  .parse()
  .opts();
const suites = options.suites ?? (options.rows === undefined ? CHOICES : ["targets"]);
const seconds = options.seconds ?? (options.quick ? 0.1 : 1);

const { backends, missing } = loadBackends(options.backends);
console.log(describeMachine(machine()));
for (const reason of missing) console.log(`not measured: ${reason}`);

if (suites.includes("targets")) await runTargets();
const results = suites
  .filter((name) => name in SUITES)
  .flatMap((name) => SUITES[name](backends, options))
  .flatMap((benchmark) => {
    const measured = measure(benchmark, seconds);
    printCase(benchmark.title, measured);
    return measured;
  });
if (options.json !== undefined) {
  writeFileSync(
    options.json,
    `${JSON.stringify({ machine: machine(), secondsEach: seconds, results }, null, 2)}\n`,
  );
}

async function runTargets() {
  const wanted = !options.quick || options.rows?.some((name) => WITH_LIBRARIES.includes(name));
  const libraries = wanted === true && installLibraries();
  const measured = await measureTargets({
    parts: options.rows ?? PART_NAMES,
    backends,
    native: loadNative(),
    libraries,
    quick: options.quick,
  });
  const tables = [
    ...(measured.limits === undefined ? [] : [limitsTable(measured.limits)]),
    targetsTable(measured.rows),
  ];
  tables.forEach(printTable);
  // Never a part in place of the whole.
  const folder = options.out ?? (options.quick || options.rows ? undefined : DOCS);
  if (folder === undefined) return;
  writeJson(folder, "results.json", { machine: machine(), ...measured });
  if (!libraries) return;
  const { markdown } = await import("./markdown.js");
  const description = describeMachine(machine());
  write(folder, "results.md", markdown("npm run bench", description, tables));
  const { classesPlot, limitPlot } = await import("./plots.js");
  const { kernels, bound, growth } = measured;
  if (kernels !== undefined && bound !== undefined) {
    write(folder, "limit.svg", await limitPlot({ kernels, bound, machine: description }));
  }
  if (growth !== undefined) {
    write(folder, "classes.svg", await classesPlot({ growth, machine: description }));
  }
}
