// What the commands have in common: options, rows that are run once, progress.
import cliProgress from "cli-progress";
import { Command, InvalidArgumentError, Option } from "commander";
import { readHead } from "./heads/spec.js";
import { keeper } from "./keep.js";
import { writeReport } from "./report.js";
import { findRow, keepRow, machine, rowName } from "./results.js";

/** @import { OnHead } from "./heads/parameters.js" */
/** @import { Phase } from "./heads/spec.js" */

/** @typedef {{ data: string, head: string[], seed: number[], epochs: number, roundEvery: number, classScale: boolean, start: string, again: boolean, save?: string, pictures?: string }} Options */
/** @typedef {{ phases: Phase[], seed: number, epochs: number, features: number, roundEvery: number, classScale: boolean, start: string }} Settings */
/**
 * @template D
 * @typedef {object} Run
 * @property {string} name of the rows: a folder of results
 * @property {string} description
 * @property {string} data what `--data` is
 * @property {string} [bundled] the folder, where it is in the repository
 * @property {string[]} [starts] where W may start, the usual one first
 * @property {number} epochs
 * @property {number} features
 * @property {(folder: string) => D} load
 * @property {(data: D, settings: Settings, onStep: (step: { epochs: number, loss: number }) => void, onHead: OnHead) => Promise<import("./results.js").Result>} train
 */

/**
 * Runs every head with every seed, but for those whose result there is already.
 * @template D
 * @param {Run<D>} run
 * @param {string[]} argv
 */
export async function runRows(run, argv) {
  const options = readOptions(run, argv);
  const { head: heads, seed: seeds, epochs, roundEvery, classScale, start } = options;
  /** @type {D | undefined} */
  let data;
  for (const seed of seeds) {
    for (const head of heads) {
      const settings = { head, seed, epochs, roundEvery, classScale, start };
      const title = `${run.name} ${head}, seed ${seed}`;
      const found = options.again ? undefined : findRow(run.name, settings);
      if (found !== undefined) {
        console.log(`${title}: ${JSON.stringify(found.result)} (there already; --again runs it again)`);
        continue;
      }
      data ??= load(run, options.data);
      const began = performance.now();
      const before = process.cpuUsage();
      const { onStep, stop } = showProgress(title, epochs);
      const result = await run.train(
        data,
        { ...settings, phases: readHead(head), features: run.features },
        onStep,
        keeper(run.name, rowName(settings), options),
      );
      stop();
      const seconds = Math.round((performance.now() - began) / 1000);
      const { user, system } = process.cpuUsage(before);
      const processorSeconds = Math.round((user + system) / 1e6);
      keepRow(run.name, { settings, result, seconds, processorSeconds, machine: machine() });
      console.log(`${title}: ${JSON.stringify(result)}, ${seconds} s`);
    }
  }
  writeReport();
}

/**
 * @template D
 * @param {Run<D>} run
 * @param {string} folder
 */
function load(run, folder) {
  try {
    return run.load(folder);
  } catch (error) {
    console.error(`error: ${/** @type {Error} */ (error).message}\n--data is a ${run.data}`);
    return process.exit(1);
  }
}

/**
 * @param {Pick<Run<unknown>, "name" | "description" | "data" | "bundled" | "epochs" | "starts">} run
 * @param {string[]} argv
 * @returns {Options}
 */
function readOptions({ name, description, data, bundled, epochs, starts = ["random"] }, argv) {
  const option = new Option("--data <folder>", data);
  return new Command(`npm run train:${name} --`)
    .description(description)
    .addOption(
      bundled === undefined
        ? option.makeOptionMandatory()
        : option.default(bundled, "those of the repository"),
    )
    .option(
      "--head <names...>",
      "dense, cosine, hadamard, product:8; or by parts: cosine@4,frozen:8",
      heads,
      ["dense", "cosine", "hadamard", "product:8", "product:4"],
    )
    .option("--seed <numbers...>", "of weights, order and dropout", integers, [0])
    .option("--epochs <number>", "passes over the training data", integer(1, 1000), epochs)
    .option("--round-every <steps>", "steps between two roundings of W", integer(1, 1e6), 1)
    .option("--class-scale", "product codes learn a magnitude for each class", false)
    .addOption(new Option("--start <what>", "where W starts").choices(starts).default(starts[0]))
    .option("--again", "run rows again whose result there is", false)
    .option("--save <folder>", "write each head of this package there at the end, as a safetensors file")
    .option(
      "--pictures <folder>",
      "draw the cosines between its class vectors there, at the start and at the end",
    )
    .allowExcessArguments(false)
    .parse(argv)
    .opts();
}

/** The options that take several values are given them one by one. */
/** @type {(text: string, before: string[] & { given?: boolean }) => string[]} */
const heads = (text, before) => {
  try {
    readHead(text);
  } catch (error) {
    throw new InvalidArgumentError(`${/** @type {Error} */ (error).message}.`);
  }
  return append(text, before);
};

/** @type {(text: string, before: number[]) => number[]} */
const integers = (text, before) => append(integer(0, 2 ** 31 - 1)(text), before);

/** @type {WeakSet<object>} */
const given = new WeakSet();

/**
 * What is there before the first value is the default.
 * @template T
 * @param {T} value
 * @param {T[]} before
 */
function append(value, before) {
  const values = given.has(before) ? [...before, value] : [value];
  given.add(values);
  return values;
}

/** @type {(min: number, max: number) => (text: string) => number} */
const integer = (min, max) => (text) => {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < min || value > max) {
    throw new InvalidArgumentError(`It must be an integer from ${min} to ${max}.`);
  }
  return value;
};

/**
 * A bar on a terminal; elsewhere a line a tenth of the way.
 * @param {string} title
 * @param {number} epochs
 */
function showProgress(title, epochs) {
  const bar = new cliProgress.SingleBar({
    format: `${title} |{bar}| {value}/{total} epochs, loss {loss}, {eta_formatted} left`,
    noTTYOutput: true,
    notTTYSchedule: 60_000,
    formatValue: (value, _, type) => (type === "value" ? value.toFixed(2) : String(value)),
  });
  let mean = Number.NaN;
  bar.start(epochs, 0, { loss: "" });
  return {
    /** @param {{ epochs: number, loss: number }} step */
    onStep(step) {
      mean = Number.isNaN(mean) ? step.loss : 0.98 * mean + 0.02 * step.loss;
      bar.update(step.epochs, { loss: mean.toFixed(3) });
    },
    stop: () => bar.stop(),
  };
}
