// Measures this machine: `npm run bench -- --help`.
import "./one-thread.js";
import { writeFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { BACKEND_NAMES, loadBackends } from "./backends.js";
import { DOCS, write, writeJson } from "./files.js";
import { fwhtCases } from "./fwht.js";
import { headCases } from "./head.js";
import { measure } from "./measure.js";
import { describeMachine, limitsTable, machine, printCase, printTable, targetsTable } from "./report.js";
import { installLibraries, loadNative } from "./setup.js";
import { measureTargets } from "./targets/index.js";

const SUITES = { fwht: fwhtCases, head: headCases };
const CHOICES = ["targets", ...Object.keys(SUITES)];

const listOf = (choices) => (text) => {
  const names = text.split(",");
  const unknown = names.find((name) => !choices.includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`"${unknown}" is none of ${choices.join(", ")}.`);
  return names;
};
const positive = (text) => {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("It must be a positive number.");
  return value;
};

const options = new Command("npm run bench --")
  .description(
    "The table of targets, against the limit of this machine and against other libraries, and the backends against " +
      "each other by Benchmark.js. Every result is checked against float64 first.",
  )
  .option("--suites <names>", `some of ${CHOICES.join(",")}`, listOf(CHOICES), CHOICES)
  .option(
    "--backends <names>",
    "some of native,wasm,js; js always runs",
    listOf(BACKEND_NAMES),
    BACKEND_NAMES,
  )
  .option("--seconds <number>", "time for each measurement of Benchmark.js", positive)
  .option("--quick", "few sizes, short measurements, no other libraries, nothing written", false)
  .option("--json <file>", "write what Benchmark.js measured to a file")
  .option(
    "--out <folder>",
    "where the targets and their plot are written; default: docs/benchmarks/<instruction set>",
  )
  .parse()
  .opts();
const seconds = options.seconds ?? (options.quick ? 0.1 : 1);

const { backends, missing } = loadBackends(options.backends);
console.log(describeMachine(machine()));
for (const reason of missing) console.log(`not measured: ${reason}`);

if (options.suites.includes("targets")) await runTargets();
const results = options.suites
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
  const libraries = !options.quick && installLibraries();
  const measured = await measureTargets({ backends, native: loadNative(), libraries, quick: options.quick });
  const tables = [
    ...(measured.limits === undefined ? [] : [limitsTable(measured.limits)]),
    targetsTable(measured.rows),
  ];
  tables.forEach(printTable);
  const folder = options.out ?? (options.quick ? undefined : DOCS);
  if (folder === undefined) return;
  writeJson(folder, "results.json", { machine: machine(), ...measured });
  if (!libraries) return;
  const { markdown } = await import("./markdown.js");
  const description = describeMachine(machine());
  write(folder, "results.md", markdown("npm run bench", description, tables));
  if (measured.kernels === undefined) return;
  const { limitPlot } = await import("./plots.js");
  write(folder, "limit.svg", await limitPlot({ ...measured, machine: description }));
}
