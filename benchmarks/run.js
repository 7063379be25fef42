// Times every backend and instruction set of this machine: `npm run bench -- --help`.
import { writeFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { BACKEND_NAMES, loadBackends } from "./backends.js";
import { fwhtCases } from "./fwht.js";
import { headCases } from "./head.js";
import { measure } from "./measure.js";
import { describeMachine, machine, printCase } from "./report.js";

const SUITES = { fwht: fwhtCases, head: headCases };

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
  .description("Times the backends against each other; every result is checked against float64 first.")
  .option("--suites <names>", "some of fwht,head", listOf(Object.keys(SUITES)), Object.keys(SUITES))
  .option(
    "--backends <names>",
    "some of native,wasm,js; js always runs",
    listOf(BACKEND_NAMES),
    BACKEND_NAMES,
  )
  .option("--seconds <number>", "time for each measurement", positive)
  .option("--quick", "every fourth size and 0.1 s for each measurement", false)
  .option("--json <file>", "write the results to a file")
  .parse()
  .opts();
const seconds = options.seconds ?? (options.quick ? 0.1 : 1);

const { backends, missing } = loadBackends(options.backends);
console.log(describeMachine(machine()));
for (const reason of missing) console.log(`not measured: ${reason}`);

const results = options.suites
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
