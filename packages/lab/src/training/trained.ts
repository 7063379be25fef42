import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Inputs } from "../data/index.js";
import type { Engine } from "../engine/index.js";
import { MAPPER_FILE, readView, viewOf } from "../methods/mapper/file.js";
import { Problem } from "../problem.js";
import { readVariables } from "./checkpoint.js";
import { Model } from "./model.js";
import type { Weights } from "./place.js";
import type { RunResult, TestScores } from "./result.js";
import { MODEL, type ModelAbout } from "./run-settings.js";

/** A model that training left, ready to classify. */
export interface Trained {
  readonly model: Model;
  readonly about: ModelAbout;
  /** What logits are divided by, chosen on its validation part; 1 where its training is not through. */
  readonly temperature: number;
  /** Inputs as it looks at them, from those of files. */
  view(inputs: Inputs): Inputs;
}

/** @param path the folder of a run, or a file of weights in it: `best.safetensors`, `last.safetensors` */
export async function openTrained(path: string, engine: Engine): Promise<Trained> {
  const file = weightsIn(path);
  const kept = readVariables<ModelAbout>(file, MODEL);
  if (kept === undefined) throw new Problem(`there is no ${file}: give the folder of a run`);
  const { about } = kept;
  const model = await Model.create(about.spec, engine, { batch: 1, seed: 0 });
  // A recurrent trunk's state is of the columns that it was trained on, and not of these.
  const weights = model.variables.filter(
    ({ name }) => about.spec.steps === null || !/^trunk\.[hc]$/.test(name),
  );
  kept.restore(weights);
  const kind = readView(join(dirname(file), MAPPER_FILE));
  const view = (inputs: Inputs): Inputs => (kind === undefined ? inputs : viewOf(kind, inputs));
  return { model, about, temperature: temperatureOf(file), view };
}

function weightsIn(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined)
    throw new Problem(`there is no ${path}: give the folder of a run, as lab-runs/…/runs/hadamard.seed-0`);
  if (!stats.isDirectory()) return path;
  const file = join(path, "best.safetensors");
  if (existsSync(file)) return file;
  const runs = join(path, "runs");
  if (!existsSync(runs)) throw new Problem(`${path} has no best.safetensors: give the folder of a run`);
  throw new Problem(
    `${path} has several runs: give one of them, ${readdirSync(runs)
      .map((run) => join(runs, run))
      .join(", ")}`,
  );
}

function temperatureOf(file: string): number {
  const path = join(dirname(file), "result.json");
  if (!existsSync(path)) return 1;
  const { best, last, methods } = JSON.parse(readFileSync(path, "utf8")) as RunResult;
  const tuned = methods?.tuned;
  const scores: Readonly<Record<Weights, TestScores | undefined>> = {
    best: best?.test,
    last: last?.test,
    "averaged-best": methods?.averaged?.best.test,
    "averaged-last": methods?.averaged?.last.test,
    tuned: tuned?.failure === null ? tuned.test : undefined,
  };
  return (scores[basename(file, ".safetensors") as Weights] ?? best?.test)?.temperature ?? 1;
}
