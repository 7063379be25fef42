import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { knn } from "../baselines/knn.js";
import { logistic } from "../baselines/logistic.js";
import { createEngine } from "../engine/index.js";
import { writeWhole } from "../files.js";
import { methodLines } from "../methods/lines.js";
import { readConfig, writeConfig } from "../options/config.js";
import { pathsFrom, placed } from "../options/paths.js";
import { list, text } from "../options/readers.js";
import { repeatCommand } from "../options/repeat.js";
import { resolveTrainOptions, TRAIN_OPTIONS, type TrainOptions } from "../options/train.js";
import { Problem } from "../problem.js";
import { createProgress } from "../progress/index.js";
import type { Progress } from "../progress/progress.js";
import { defaultTrunk } from "../training/defaults.js";
import { environmentOf } from "../training/environment.js";
import { type Experiment, runExperiment } from "../training/experiment.js";
import { type Material, readMaterial } from "../training/material.js";
import type { Baseline, DataSummary, Results } from "../training/result.js";
import { holdFolder } from "./hold.js";
import { freshFolder } from "./output.js";
import { stopper } from "./stopper.js";
import { watcherOf } from "./watch.js";

/** What belongs to a call and not to the experiment. */
interface CallOptions {
  config?: string;
  out?: string;
  resume?: string;
  json?: boolean;
}

/** Classes whose counts are told one by one. */
const SHOWN = 20;
const OPTIONS_FILE = "options.yaml";

export function addTrainCommand(program: Command): void {
  const command = program
    .command("train")
    .description(
      "Trains last layers on the same trunk, data, order and seeds, compares them, and writes a report.",
    )
    .argument(
      "[data...]",
      "files or a folder: .npy .npz .parquet .arrow .csv .tsv .idx .safetensors, images by class",
    )
    .option("--config <file>", "a YAML file with the names of these options; flags come first")
    .option("--out <folder>", "where everything is written; default: a new one in lab-runs")
    .option("--resume <folder>", "goes on with the experiment in this folder, bit for bit")
    .option("--json", "progress as JSON, one object a line, and the results at the end");
  for (const [name, { value, about, initial }] of Object.entries(TRAIN_OPTIONS)) {
    const shown =
      initial === null ? "" : ` (default: ${Array.isArray(initial) ? initial.join(",") : String(initial)})`;
    command.addOption(new Option(value === null ? `--${name}` : `--${name} ${value}`, `${about}${shown}`));
  }
  command.action(async (data: string[], flags: Record<string, unknown>) => {
    await train(data, flags as CallOptions, flags);
  });
}

/** What an experiment was told, on the command line or, where it goes on, when it began. */
interface Setup {
  readonly paths: readonly string[];
  readonly options: TrainOptions;
  /** Where it was left. */
  readonly resumed: string | undefined;
}

const DATA = list(text);

function readSetup(data: readonly string[], { config, resume, out }: CallOptions, flags: Flags): Setup {
  if (resume !== undefined) {
    const path = join(resume, OPTIONS_FILE);
    const others = Object.keys(flags).filter((name) => Object.hasOwn(TRAIN_OPTIONS, name));
    if (data.length > 0 || config !== undefined || out !== undefined || others.length > 0) {
      throw new Problem("--resume goes on as it began: give no data and no other options than --json");
    }
    if (!existsSync(path))
      throw new Problem(`${resume} has no ${OPTIONS_FILE}: no experiment was begun there`);
    const { data: kept, from, ...file } = readConfig(path);
    const place = pathsFrom(from);
    return {
      paths: DATA(kept, `${path}: data`).map(place),
      options: resolveTrainOptions({}, placed(file, place), path),
      resumed: resume,
    };
  }
  const { data: inFile, from, ...named } = config === undefined ? {} : readConfig(config);
  const place = pathsFrom(from);
  const file = placed(named, place);
  const given = data.length > 0 ? data : inFile;
  if (given === undefined)
    throw new Problem("no data: name files or a folder, as in train features.npy labels.npy");
  return {
    paths: data.length > 0 ? DATA(data, "data") : DATA(inFile, `${config}: data`).map(place),
    options: resolveTrainOptions(flags, file, config),
    resumed: undefined,
  };
}

type Flags = Readonly<Record<string, unknown>>;

/** Commander gives "weightDecay" for --weight-decay. */
const kebab = (flags: Flags): Flags =>
  Object.fromEntries(
    Object.entries(flags).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      value,
    ]),
  );

async function train(data: string[], call: CallOptions, flags: Flags): Promise<void> {
  const { paths, options, resumed } = readSetup(data, call, kebab(flags));
  if (resumed !== undefined) holdFolder(resumed);
  const progress = createProgress(call.json === true);
  const material = await readMaterial(paths, options, (sentence) => progress.note(sentence));
  const { summary } = material;
  for (const note of summary.notes) progress.note(note);
  const folder = resumed ?? freshFolder(call.out, summary.name);
  const engine = await createEngine(options.engine);
  const trunk = options.trunk ?? defaultTrunk(summary.shape);
  progress.note(sentenceOf(summary, trunk, engine.description));
  progress.note(countsSentence(summary));
  const { stopped, release } = stopper((sentence) => progress.note(sentence));
  // When there is something to go on with: an experiment that cannot begin leaves nothing.
  const watcher = watcherOf(progress, () => {
    holdFolder(folder);
    writeWhole(join(folder, OPTIONS_FILE), writeConfig({ data: paths, from: process.cwd(), ...options }));
  });
  const experiment = { options, trunk, sourceOf: material.sourceOf, engine, folder };
  const { runs, sweep, done } = await runExperiment(experiment, watcher, stopped);
  const baselines = done ? await baselinesOf(experiment, material, progress, stopped) : null;
  progress.end();
  release();
  if (baselines === null) {
    progress.note(`Stopped. Go on by: npx fixed-classifier-lab train --resume ${folder}`);
    process.exitCode = 130;
    return;
  }
  const results: Results = {
    format: "fixed-classifier-lab 1",
    data: summary,
    options: { ...options, trunk },
    command: repeatCommand(paths, options),
    environment: environmentOf(engine),
    runs,
    sweep,
    baselines,
    // What was done before an interruption counts as well.
    seconds: [...runs, ...baselines].reduce((sum, { seconds }) => sum + seconds, 0),
  };
  await leave(results, folder, call.json === true);
  if (runs.every(({ status }) => status === "failed")) process.exitCode = 1;
}

/** Of many classes the smallest and the largest. */
function countsSentence({ classes, counts }: DataSummary): string {
  if (classes.length <= SHOWN) {
    return `rows to train on by class: ${classes.map((name, k) => `${name} ${counts[k]}`).join(", ")}`;
  }
  const sorted = counts.toSorted((a, b) => a - b);
  return `rows to train on by class: from ${sorted[0]} to ${sorted.at(-1)}, half of the classes have ${sorted[sorted.length >> 1]} or more`;
}

function sentenceOf({ name, classes, rows }: DataSummary, trunk: string, engine: string): string {
  const [train, validation, test] = [rows.train, rows.validation, rows.test].map((count) =>
    count.toLocaleString("en"),
  );
  return `${name}: ${train} rows to train on, ${validation} to choose by, ${test} to test on; ${classes.length} classes; trunk ${trunk}, ${engine}`;
}

/** What is reached without a trunk, on the same rows. Null where it is stopped. */
async function baselinesOf(
  { options, engine, folder, sourceOf }: Experiment,
  { dataset }: Material,
  progress: Progress,
  stopped: () => boolean,
): Promise<Baseline[] | null> {
  const found: Baseline[] = [];
  if (dataset === null) return found;
  if (options.folds > 0 && !options.baselines.includes("none")) {
    progress.note("Baselines are of one split, and left out where there are folds.");
    return found;
  }
  for (const name of options.baselines) {
    if (name === "none") continue;
    const baseline =
      name === "knn"
        ? await knn(dataset, engine)
        : await logistic(sourceOf(0, null), engine, folder, stopped);
    if (stopped()) return null;
    if (baseline === null) {
      progress.note(`${name}: its loss ran away at every learning rate, so that it is left out.`);
      continue;
    }
    progress.baseline(baseline);
    found.push(baseline);
  }
  return found;
}

/** An epoch a line, for other programs that plot. */
const curvesOf = ({ runs }: Results): string =>
  runs
    .flatMap(({ head, seed, fold, epochs }) => epochs.map((epoch) => ({ head, seed, fold, ...epoch })))
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("");

/** Writes results and report, and tells them. */
async function leave(results: Results, folder: string, asJson: boolean): Promise<void> {
  // Charts take half a second to load, which other commands need not wait for.
  const { renderReport, summaryTable } = await import("../report/index.js");
  const report = join(folder, "report.html");
  writeWhole(join(folder, "results.json"), `${JSON.stringify(results)}\n`);
  writeWhole(report, await renderReport(results));
  writeWhole(join(folder, "curves.jsonl"), curvesOf(results));
  if (asJson) {
    console.log(JSON.stringify({ event: "done", results: join(folder, "results.json"), report }));
    return;
  }
  console.log(`\n${summaryTable(results)}`);
  for (const line of methodLines(results)) console.log(`\n${line}`);
  console.log(`\nThe report: ${report}`);
}
