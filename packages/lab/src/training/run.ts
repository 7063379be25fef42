import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../engine/engine.js";
import { finishMethods } from "../methods/finish.js";
import { MAPPER_FILE, writeView } from "../methods/mapper/file.js";
import { Diverged } from "../methods/objective.js";
import { RunMethods } from "../methods/run-methods.js";
import { Problem } from "../problem.js";
import { Random } from "../random.js";
import { readVariables, writeVariables } from "./checkpoint.js";
import { evaluateTest, validate } from "./evaluate.js";
import { writeExports } from "./exports.js";
import { Model } from "./model.js";
import { clipGradient, createOptimizer, type Optimizer } from "./optimizers/index.js";
import { atStart, isBetter, type Looked, type Progress, type Score, type Weights } from "./place.js";
import type { EpochRecord, Evaluation, RunResult } from "./result.js";
import { CHECKPOINT, CHECKPOINT_FILE, type CheckpointAbout, type RunSettings } from "./run-settings.js";
import { readSchedule, type Schedule } from "./schedule.js";
import type { Batch, Source } from "./source.js";
import { startMatrix } from "./starts/index.js";
import { Stopwatch } from "./stopwatch.js";
import { WeightFiles } from "./weight-files.js";

/** One head that is trained with one seed. */
export class Run {
  readonly #schedule: Schedule;
  readonly #optimizer: Optimizer;
  readonly #watch = new Stopwatch();
  readonly #methods: RunMethods;
  readonly #files: WeightFiles;
  #progress: Progress = atStart();
  #epochBegan = performance.now();
  /** Asked at the start: a head that has run away has no file. */
  readonly #headBytes: number;

  private constructor(
    readonly settings: RunSettings,
    readonly model: Model,
    readonly folder: string,
    readonly source: Source,
    private readonly engine: Engine,
  ) {
    this.#headBytes = model.head.bytes;
    this.#schedule = readSchedule(settings.schedule);
    this.#optimizer = createOptimizer(settings.optimizer, model.parameters, {
      weightDecay: settings.weightDecay,
    });
    this.#methods = new RunMethods(settings, model, source);
    const { name: data, classes, layout } = source;
    this.#files = new WeightFiles(folder, model, { spec: settings.spec, data, classes, layout });
  }

  /** Goes on from the checkpoint in `folder`, if there is one. */
  static async create(
    settings: RunSettings,
    { source, engine, folder }: { source: Source; engine: Engine; folder: string },
  ): Promise<Run> {
    const { spec, batch, seed, start, methods, epochs } = settings;
    const model = await Model.create(spec, engine, {
      batch,
      seed,
      inputGradients: methods.jem !== null,
      trainingSteps: epochs * source.stepsAnEpoch,
    });
    if (source.bias !== null) {
      model.head.parameters.find(({ name }) => name === "head.bias")?.value.set(source.bias);
    }
    if (!existsSync(join(folder, CHECKPOINT_FILE))) await startMatrix(start, model, source, seed);
    const run = new Run(settings, model, folder, source, engine);
    run.#resume();
    const { view } = source;
    if (view !== undefined && view !== null) writeView(join(folder, MAPPER_FILE), view);
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

  /** What the best epoch reached on the validation part; null before there is one. */
  get best(): Score | null {
    return this.#progress.best?.validation ?? null;
  }

  get failure(): string | null {
    return this.#progress.failure;
  }

  /** Epochs so far, a fraction included. */
  get epochs(): number {
    return this.#progress.epoch + this.#progress.step / this.source.stepsAnEpoch;
  }

  /** One step, and at the end of an epoch what is done there. Gives the loss. */
  async step(batch: Batch): Promise<number> {
    const progress = this.#progress;
    const { epochs, learningRate, clip } = this.settings;
    if (progress.step === 0) {
      this.model.trunk.restart?.("training");
      this.#epochBegan = performance.now();
    }
    this.#watch.start();
    const found = await this.#gradients(batch);
    if (found === null) return Number.NaN;
    const { loss, correct } = found;
    const done =
      (progress.epoch * this.source.stepsAnEpoch + progress.step) / (epochs * this.source.stepsAnEpoch);
    if (clip > 0) clipGradient(this.model.parameters, clip);
    this.#optimizer.step(learningRate * this.#schedule(done));
    this.model.trunk.afterStep?.();
    this.model.head.afterStep?.();
    const { epoch, step } = progress;
    this.#methods.afterStep({ epoch, step, stepsAnEpoch: this.source.stepsAnEpoch });
    this.#watch.mark("trunk");
    this.#watch.stop();
    const { scale } = this.model.head;
    if (!Number.isFinite(loss) || !Number.isFinite(scale ?? 0)) {
      const what = Number.isFinite(loss) ? `scale became ${scale}` : `loss became ${loss}`;
      progress.failure = `the ${what} in step ${step + 1} of epoch ${epoch + 1}; try a lower learning rate with --lr`;
      return loss;
    }
    progress.lossSum += loss;
    progress.correct += correct;
    progress.step++;
    if (progress.step === this.source.stepsAnEpoch) await this.#endEpoch();
    return loss;
  }

  /** Sets those of all parameters. Null: the objective has run away, and so the run has failed. */
  async #gradients({ inputs, labels }: Batch): Promise<{ loss: number; correct: number } | null> {
    const { epoch, step } = this.#progress;
    const { trunk, head } = this.model;
    const { objective } = this.#methods;
    if (objective === null) {
      const noise = new Random(this.settings.seed, "noise", epoch, step);
      const features = await trunk.forward(inputs, noise);
      this.#watch.mark("trunk");
      const { loss, correct, gradient } = await head.step(features, labels);
      this.#watch.mark("head");
      await trunk.backward(gradient);
      return { loss, correct };
    }
    try {
      return await objective.step({ inputs, labels, epoch, step });
    } catch (error) {
      if (!(error instanceof Diverged)) throw error;
      this.#progress.failure = `in step ${step + 1} of epoch ${epoch + 1} ${error.message}`;
      return null;
    }
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
    if (
      this.#isSettled &&
      (best === null || isBetter(validation, best.validation, this.source.steps !== null))
    ) {
      progress.best = { epoch: progress.epoch, validation };
      this.#files.write("best");
    }
    if (this.done) this.#files.write("last");
    await this.#methods.afterEpoch(progress.epoch - 1, () => this.#lookAtAveraged());
    this.save();
  }

  /** What the epoch has done with the averaged weights, which are in the model for now. */
  async #lookAtAveraged(): Promise<void> {
    if (!this.#isSettled) return;
    const { epoch, averaged } = this.#progress;
    const last = { epoch, validation: await validate(this.model, this.source) };
    const text = this.source.steps !== null;
    const isBest = averaged === null || isBetter(last.validation, averaged.best.validation, text);
    this.#progress.averaged = { best: isBest ? last : averaged.best, last };
    if (isBest) this.#files.write("averaged-best");
    if (this.done) this.#files.write("averaged-last");
  }

  get #isSettled(): boolean {
    return this.model.head.settled !== false;
  }

  #outOfPatience(): boolean {
    const { best, epoch } = this.#progress;
    const { patience } = this.settings;
    return patience > 0 && best !== null && epoch - best.epoch >= patience;
  }

  get #kept() {
    return [...this.model.variables, ...this.#optimizer.state, ...this.#methods.variables];
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
    writeVariables(join(this.folder, CHECKPOINT_FILE), CHECKPOINT, this.#kept, about);
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
    const path = join(this.folder, CHECKPOINT_FILE);
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
      headBytes: this.#headBytes,
      ...this.#times(),
    };
    if (failure !== null) return { ...result, status: "failed", failure, best: null, last: null };
    const lastRecord = records.at(-1);
    if (best === null || lastRecord === undefined) throw new Error("a run that is not done has no result");
    const lastEpoch = { accuracy: lastRecord.validationAccuracy, nll: lastRecord.validationLoss };
    const lastLooked = { epoch: lastRecord.epoch, validation: lastEpoch };
    const last = await this.#evaluate("last", lastLooked);
    const ofBest = best.epoch === last.epoch ? last : await this.#evaluate("best", best);
    writeExports(this.model, this.folder);
    const methods = await finishMethods(this.#methods, this.#progress.averaged, {
      read: (name) => this.#files.read(name),
      write: (name) => this.#files.write(name),
      evaluate: (name, looked) => this.#evaluate(name, looked),
      look: async () => ({
        validation: await validate(this.model, this.source),
        test: await evaluateTest(this.model, this.source),
      }),
    });
    return {
      ...result,
      status: "done",
      failure: null,
      best: ofBest,
      last,
      ...(methods !== null && { methods }),
    };
  }

  async #evaluate(name: Weights, { epoch, validation }: Looked): Promise<Evaluation> {
    this.#files.read(name);
    const test = await evaluateTest(this.model, this.source);
    return { epoch, validation, test };
  }

  /** Once the result is kept, nothing goes on from here. */
  dropCheckpoint(): void {
    if (this.#progress.failure === null) rmSync(join(this.folder, CHECKPOINT_FILE), { force: true });
  }

  release(): Promise<void> {
    return this.model.release();
  }
}
