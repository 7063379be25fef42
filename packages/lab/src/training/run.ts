import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../engine/engine.js";
import { Problem } from "../problem.js";
import { Random } from "../random.js";
import { readVariables, writeVariables } from "./checkpoint.js";
import { evaluateTest, validate } from "./evaluate.js";
import { writeExports } from "./exports.js";
import { Model, type ModelSpec } from "./model.js";
import { clipGradient, createOptimizer, type Optimizer } from "./optimizers/index.js";
import type { EpochRecord, Evaluation, RunResult } from "./result.js";
import { readSchedule, type Schedule } from "./schedule.js";
import type { Batch, Source } from "./source.js";
import { Stopwatch } from "./stopwatch.js";

/** What one run is told of how to train. */
export interface RunSettings {
  readonly spec: ModelSpec;
  readonly seed: number;
  readonly fold: number | null;
  readonly learningRate: number;
  readonly epochs: number;
  readonly batch: number;
  readonly optimizer: string;
  readonly weightDecay: number;
  readonly schedule: string;
  readonly patience: number;
  /** The length that a longer gradient is shortened to; 0: none is. */
  readonly clip: number;
}

type Score = Evaluation["validation"];

/** Where a run is: with the arrays of its model and its optimiser all that it needs to go on, bit for bit. */
interface Progress {
  epoch: number;
  step: number;
  lossSum: number;
  correct: number;
  records: EpochRecord[];
  best: { epoch: number; validation: Score } | null;
  failure: string | null;
  seconds: number;
  stepMilliseconds: RunResult["stepMilliseconds"];
}

interface CheckpointAbout {
  readonly settings: RunSettings;
  readonly data: string;
  readonly engine: string;
  readonly progress: Progress;
}

/** What the file of a model tells beside its arrays. */
export interface ModelAbout {
  readonly spec: ModelSpec;
  /** The name of the data. */
  readonly data: string;
  readonly classes: readonly string[];
  readonly layout: Source["layout"];
}

export const CHECKPOINT = "checkpoint";
export const MODEL = "model";

/** One head that is trained with one seed. */
export class Run {
  readonly #schedule: Schedule;
  readonly #optimizer: Optimizer;
  readonly #watch = new Stopwatch();
  #progress: Progress = {
    epoch: 0,
    step: 0,
    lossSum: 0,
    correct: 0,
    records: [],
    best: null,
    failure: null,
    seconds: 0,
    stepMilliseconds: { head: 0, all: 0 },
  };
  #epochBegan = performance.now();

  private constructor(
    readonly settings: RunSettings,
    readonly model: Model,
    readonly folder: string,
    readonly source: Source,
    private readonly engine: Engine,
  ) {
    this.#schedule = readSchedule(settings.schedule);
    this.#optimizer = createOptimizer(settings.optimizer, model.parameters, {
      weightDecay: settings.weightDecay,
    });
  }

  /** Goes on from the checkpoint in `folder`, if there is one. */
  static async create(
    settings: RunSettings,
    { source, engine, folder }: { source: Source; engine: Engine; folder: string },
  ): Promise<Run> {
    const { spec, batch, seed } = settings;
    const model = await Model.create(spec, engine, { batch, seed });
    if (source.bias !== null) {
      model.head.parameters.find(({ name }) => name === "head.bias")?.value.set(source.bias);
    }
    const run = new Run(settings, model, folder, source, engine);
    run.#resume();
    return run;
  }

  get done(): boolean {
    const { epoch, failure } = this.#progress;
    return failure !== null || epoch >= this.settings.epochs || this.#outOfPatience();
  }

  get position(): { readonly epoch: number; readonly step: number } {
    return this.#progress;
  }

  get records(): readonly EpochRecord[] {
    return this.#progress.records;
  }

  get failure(): string | null {
    return this.#progress.failure;
  }

  /** Epochs so far, a fraction included. */
  get epochs(): number {
    return this.#progress.epoch + this.#progress.step / this.source.stepsAnEpoch;
  }

  /** One step, and at the end of an epoch what is done there. Gives the loss. */
  async step({ inputs, labels }: Batch): Promise<number> {
    const progress = this.#progress;
    const { seed, epochs, learningRate, clip } = this.settings;
    if (progress.step === 0) {
      this.model.trunk.restart?.("training");
      this.#epochBegan = performance.now();
    }
    const noise = new Random(seed, "noise", progress.epoch, progress.step);
    this.#watch.start();
    const features = await this.model.trunk.forward(inputs, noise);
    this.#watch.mark("trunk");
    const { loss, correct, gradient } = await this.model.head.step(features, labels);
    this.#watch.mark("head");
    await this.model.trunk.backward(gradient);
    const done =
      (progress.epoch * this.source.stepsAnEpoch + progress.step) / (epochs * this.source.stepsAnEpoch);
    if (clip > 0) clipGradient(this.model.parameters, clip);
    this.#optimizer.step(learningRate * this.#schedule(done));
    this.model.trunk.afterStep?.();
    this.#watch.mark("trunk");
    this.#watch.stop();
    if (!Number.isFinite(loss)) {
      progress.failure = `the loss became ${loss} in step ${progress.step + 1} of epoch ${progress.epoch + 1}; try a lower learning rate with --lr`;
      return loss;
    }
    progress.lossSum += loss;
    progress.correct += correct;
    progress.step++;
    if (progress.step === this.source.stepsAnEpoch) await this.#endEpoch();
    return loss;
  }

  async #endEpoch(): Promise<void> {
    const progress = this.#progress;
    const { learningRate, epochs, batch } = this.settings;
    const validation = await validate(this.model, this.source);
    progress.records.push({
      epoch: progress.epoch + 1,
      learningRate: learningRate * this.#schedule(progress.epoch / epochs),
      trainLoss: progress.lossSum / this.source.stepsAnEpoch,
      trainAccuracy: progress.correct / (this.source.stepsAnEpoch * batch * (this.source.steps ?? 1)),
      validationLoss: validation.nll,
      validationAccuracy: validation.accuracy,
      scale: this.model.head.scale,
      seconds: (performance.now() - this.#epochBegan) / 1000,
    });
    progress.epoch++;
    progress.step = 0;
    progress.lossSum = 0;
    progress.correct = 0;
    if (!Number.isFinite(validation.nll)) {
      progress.failure = `the validation loss became ${validation.nll} in epoch ${progress.epoch}; try a lower learning rate with --lr`;
      return;
    }
    const { best } = progress;
    if (best === null || isBetter(validation, best.validation, this.source.steps !== null)) {
      progress.best = { epoch: progress.epoch, validation };
      this.#writeModel("best");
    }
    if (this.done) this.#writeModel("last");
    this.save();
  }

  #outOfPatience(): boolean {
    const { best, epoch } = this.#progress;
    const { patience } = this.settings;
    return patience > 0 && best !== null && epoch - best.epoch >= patience;
  }

  #path(name: string): string {
    return join(this.folder, `${name}.safetensors`);
  }

  #writeModel(name: "best" | "last"): void {
    const { spec } = this.settings;
    const { name: data, classes, layout } = this.source;
    const about: ModelAbout = { spec, data, classes, layout };
    writeVariables(this.#path(name), MODEL, this.model.variables, about);
  }

  get #kept() {
    return [...this.model.variables, ...this.#optimizer.state];
  }

  /** Keeps where the run is, at any step. A failed run keeps its last good one. */
  save(): void {
    if (this.#progress.failure !== null) return;
    const about: CheckpointAbout = {
      settings: this.settings,
      data: this.source.hash,
      engine: this.engine.name,
      progress: { ...this.#progress, ...this.#times() },
    };
    writeVariables(this.#path("checkpoint"), CHECKPOINT, this.#kept, about);
  }

  /** Before a step since it was opened, those of the steps before. */
  #times(): Pick<Progress, "seconds" | "stepMilliseconds"> {
    const { seconds, stepMilliseconds } = this.#progress;
    const all = this.#watch.medianOfAll();
    return {
      seconds: seconds + this.#watch.seconds(),
      stepMilliseconds: all > 0 ? { head: this.#watch.median("head"), all } : stepMilliseconds,
    };
  }

  #resume(): void {
    const path = this.#path("checkpoint");
    const kept = readVariables<CheckpointAbout>(path, CHECKPOINT);
    if (kept === undefined) return;
    const { settings, data, engine, progress } = kept.about;
    if (data !== this.source.hash) {
      throw new Problem(`${path} is of another data set: give the same data, or another folder with --out`);
    }
    if (engine !== this.engine.name) {
      throw new Problem(`${path} was computed by the ${engine} engine: go on with --engine ${engine}`);
    }
    if (JSON.stringify(settings) !== JSON.stringify(this.settings)) {
      throw new Problem(`${path} is of other options: give the same, or another folder with --out`);
    }
    kept.restore(this.#kept);
    this.#progress = progress;
  }

  /** Looks at the test part with the last epoch's weights and with the best one's, which are exported. */
  async finish(): Promise<RunResult> {
    const { spec, seed, fold, learningRate } = this.settings;
    const { best, records, failure } = this.#progress;
    const trunk = this.model.trunk.parameters.reduce((sum, { value }) => sum + value.length, 0);
    const result = {
      head: spec.head,
      seed,
      fold,
      learningRate,
      epochs: records,
      parameters: { trunk, head: this.model.head.parameterCount },
      headBytes: this.model.head.bytes,
      ...this.#times(),
    };
    if (failure !== null) return { ...result, status: "failed", failure, best: null, last: null };
    const lastRecord = records.at(-1);
    if (best === null || lastRecord === undefined) throw new Error("a run that is not done has no result");
    const lastEpoch = { accuracy: lastRecord.validationAccuracy, nll: lastRecord.validationLoss };
    const last = await this.#evaluate("last", lastRecord.epoch, lastEpoch);
    const ofBest =
      best.epoch === last.epoch ? last : await this.#evaluate("best", best.epoch, best.validation);
    writeExports(this.model, this.folder);
    return { ...result, status: "done", failure: null, best: ofBest, last };
  }

  async #evaluate(name: "best" | "last", epoch: number, validation: Score): Promise<Evaluation> {
    const path = this.#path(name);
    const kept = readVariables(path, MODEL);
    if (kept === undefined) throw new Problem(`${path} is gone: run again with another folder in --out`);
    kept.restore(this.model.variables);
    const test = await evaluateTest(this.model, this.source);
    return { epoch, validation, test };
  }

  /** Once the result is kept, nothing goes on from here. */
  dropCheckpoint(): void {
    if (this.#progress.failure === null) rmSync(this.#path("checkpoint"), { force: true });
  }

  release(): Promise<void> {
    return this.model.release();
  }
}

/** More right answers; as many, but with more probability. Of words, few of which can be foretold, the probability is what counts. */
function isBetter(a: Score, b: Score, text: boolean): boolean {
  if (text || a.accuracy === b.accuracy) return a.nll < b.nll;
  return a.accuracy > b.accuracy;
}
