/** A small data set of pictures, and runs on it that are stopped and begun again. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Part } from "../../src/data/dataset.js";
import type { Engine } from "../../src/engine/engine.js";
import { type Laid, prepare } from "../../src/methods/prepare.js";
import { methodSettings } from "../../src/methods/settings.js";
import { resolveTrainOptions, type TrainOptions } from "../../src/options/train.js";
import { Random } from "../../src/random.js";
import type { RunResult } from "../../src/training/result.js";
import { RowSource } from "../../src/training/rows.js";
import { Run } from "../../src/training/run.js";
import type { RunSettings } from "../../src/training/run-settings.js";

/** Pictures of 6 × 6 with a bright spot where their class is, noise elsewhere. */
function part(seed: number, rows: number): Part {
  const random = new Random(seed, "pictures");
  const pixels = new Float32Array(rows * 36);
  const labels = Int32Array.from({ length: rows }, (_, r) => r % 4);
  for (let i = 0; i < pixels.length; i++) pixels[i] = 0.4 * random.uniform();
  labels.forEach((label, r) => {
    for (const at of [0, 1, 6, 7]) pixels[r * 36 + 8 * label + at] += 0.5;
  });
  return {
    inputs: {
      rows,
      shape: [1, 6, 6],
      bytes: pixels.byteLength,
      gather(which, out) {
        Array.from(which).forEach((row, k) => {
          out.set(pixels.subarray(row * 36, (row + 1) * 36), k * 36);
        });
      },
    },
    labels,
  };
}

export const data: Laid = {
  name: "spots",
  classes: ["a", "b", "c", "d"],
  train: part(1, 96),
  validation: part(2, 32),
  test: part(3, 64),
  hash: "spots",
  notes: [],
  layout: {
    shape: [1, 6, 6],
    classes: ["a", "b", "c", "d"],
    labels: ["0", "1", "2", "3"],
    label: null,
    columns: null,
    images: null,
    scale: 1,
    standard: null,
  },
};

/** What is asked for on the command line, for one run on these pictures. */
export function setUp(flags: Record<string, unknown>, head = "hadamard") {
  const options = resolveTrainOptions({ trunk: "mlp:12,8", epochs: "3", ...flags });
  const prepared = prepare(data, options, null);
  const source = new RowSource(prepared.dataset, 16, 5, prepared);
  return { settings: settingsOf(options, source, head), source };
}

const settingsOf = (options: TrainOptions, source: RowSource, head: string): RunSettings => ({
  spec: {
    trunk: options.trunk ?? "none",
    norm: options.norm,
    head,
    shape: source.shape,
    features: 8,
    classes: source.classes.length,
    steps: null,
  },
  start: options.start,
  seed: 5,
  fold: null,
  learningRate: options.lr,
  epochs: options.epochs,
  batch: source.batch,
  optimizer: options.optimizer,
  weightDecay: 0,
  schedule: options.schedule,
  patience: 0,
  clip: 0,
  methods: methodSettings(options),
});

/** Trains until it is done, or `stopAt` steps are taken, by runs that are made anew after each stop. */
export async function train(
  { settings, source }: Pick<ReturnType<typeof setUp>, "settings" | "source">,
  { engine, out }: { engine: Engine; out: string },
  stops: readonly number[],
) {
  let steps = 0;
  for (const stop of [...stops, Infinity]) {
    const run = await Run.create(settings, { source, engine, folder: out });
    while (!run.done && steps < stop) {
      const { epoch, step } = run.position;
      await run.step(source.at(epoch, step));
      steps++;
    }
    // What is not done yet is begun again later.
    if (!run.done) run.save();
    else {
      const result = await run.finish();
      await run.release();
      return { result, out };
    }
    await run.release();
  }
  throw new Error("it does not end");
}

/** Without what depends on the clock. */
export const plain = ({ seconds: _, stepMilliseconds: __, epochs, ...result }: RunResult) => ({
  ...result,
  epochs: epochs.map(({ seconds: _, ...epoch }) => epoch),
});

export const bytes = (out: string, name: string) =>
  readFileSync(join(out, `${name}.safetensors`)).toString("base64");
