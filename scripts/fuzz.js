// Random shapes, options and values, good and bad, on every backend and instruction set of this machine: `npm run fuzz -- --help`.
// Results have to be the same bits, what is not a result has to stay as it was, and what is wrong has to be refused.
import { availableParallelism } from "node:os";
import { Command, InvalidArgumentError } from "commander";
import { backendNames, label, loadBackends } from "./fuzz/backends.js";
import { OPERATIONS } from "./fuzz/case.js";
import { runCases } from "./fuzz/processes.js";

/**
 * @typedef {object} Options
 * @property {number} cases
 * @property {number} seed
 * @property {number} first
 * @property {number} [case]
 * @property {string[]} [only]
 * @property {string[]} backends
 * @property {number} jobs
 */

const NAMES = OPERATIONS.map(({ name }) => name);

/** @type {(choices: readonly string[]) => (text: string) => string[]} */
const listOf = (choices) => (text) => {
  const names = text.split(",");
  const unknown = names.find((name) => !choices.includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`"${unknown}" is none of ${choices.join(", ")}.`);
  return names;
};

/** @type {(first: number) => (text: string) => number} */
const integerFrom = (first) => (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < first) {
    throw new InvalidArgumentError(`It must be an integer from ${first} on.`);
  }
  return value;
};

/** @type {Options} */
const options = new Command("npm run fuzz --")
  .description("Random cases on every backend, each of which follows from the seed and its index.")
  .option("--cases <number>", "how many", integerFrom(1), 1_000_000)
  .option(
    "--seed <number>",
    "another seed has other cases; printed, since it is random by default",
    integerFrom(0),
  )
  .option("--first <index>", "the case to begin with", integerFrom(0), 0)
  .option("--case <index>", "only this one", integerFrom(0))
  .option("--only <names>", `some of ${NAMES.join(",")}; default: all`, listOf(NAMES))
  .option("--backends <names>", `some of ${backendNames.join(",")}; js always runs`, listOf(backendNames), [
    ...backendNames,
  ])
  .option("--jobs <number>", "processes at a time", integerFrom(1), availableParallelism())
  .parse()
  .opts();

const { seed = Math.floor(Math.random() * 2 ** 32), only = NAMES, jobs } = options;
const [first, end] =
  options.case === undefined
    ? [options.first, options.first + options.cases]
    : [options.case, options.case + 1];

const { backends, missing } = loadBackends(options.backends);
console.log(`seed ${seed}, on ${backends.map(label).join(", ")}`);
for (const line of missing) console.log(`skipped: ${line}`);

const start = performance.now();
const seconds = () => (performance.now() - start) / 1000;

/** @param {number} cases */
function tell(cases) {
  if (!process.stdout.isTTY) return;
  const rate = Math.round(cases / seconds());
  process.stdout.write(
    `\r${cases.toLocaleString("en")} of ${(end - first).toLocaleString("en")} cases, ${rate} a second `,
  );
}

const { counts, report } = await runCases(
  { seed, first, end, backends: options.backends, operations: only },
  jobs,
  tell,
);
if (process.stdout.isTTY) process.stdout.write("\n");

for (const name of only) console.log(`${String(counts[name] ?? 0).padStart(9)}  ${name}`);
const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
console.log(`${String(total).padStart(9)}  cases in ${seconds().toFixed(1)} s`);

if (report !== null) {
  const { operation, backend, shape, message, index, first } = report;
  const some = only.length === NAMES.length ? "" : ` --only '${only.join(",")}'`;
  console.error(`\nFAILED: ${operation}, on ${backend}: ${message}`);
  console.error(`case: ${shape}`);
  const again = `npm run fuzz -- --seed ${seed}${some}`;
  console.error(`again: ${again} --case ${index}`);
  if (index > first) {
    const cases = `--first ${first} --cases ${index + 1 - first} --jobs 1`;
    console.error(`if that passes, it takes the cases before: ${again} ${cases}`);
  }
  process.exitCode = 1;
}
