import { Problem } from "../problem.js";
import { Random } from "../random.js";
import type { Model } from "../training/model.js";
import type { Variable } from "../training/parameter.js";
import type { DensityResult, OodResult } from "../training/result.js";
import { inOrder } from "../training/rows.js";
import type { Source } from "../training/source.js";
import { type Average, type Moment, parseAverage } from "./averages/index.js";
import { withAveraged } from "./averages/with-averaged.js";
import { measureOod } from "./energy/measure.js";
import { tuneEnergies } from "./energy/tune.js";
import { type JointObjective, jointEnergy } from "./jem/objective.js";
import { contactSheet } from "./jem/pictures.js";
import type { Objective } from "./objective.js";
import type { MethodSettings } from "./settings.js";

interface Training {
  readonly methods: MethodSettings;
  readonly seed: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly optimizer: string;
  readonly weightDecay: number;
}

/** Batches that statistics are computed anew from. */
const STATISTICS = 20;
/** Pictures of the report, and how many stand in a row. */
const PICTURES = { count: 64, across: 16 };

/** The methods of one run, as far as it has any: the loop asks here what to do at its step, and at the end of an epoch. */
export class RunMethods {
  readonly #settings: Training;
  readonly #model: Model;
  readonly #source: Source;
  readonly #average: Average | null;
  readonly #density: JointObjective | null;

  constructor(settings: Training, model: Model, source: Source) {
    const { methods, seed, epochs } = settings;
    const { average, jem } = methods;
    if (jem !== null && source.shape.length !== 3)
      throw new Problem(
        `--jem draws pictures, from noise of 0 to 1; ${source.steps === null ? `a row here is ${source.shape.join(" × ")} numbers` : "here are words"}: leave it out`,
      );
    this.#settings = settings;
    this.#model = model;
    this.#source = source;
    this.#average = average === null ? null : parseAverage(average)({ parameters: model.parameters, epochs });
    const width = model.spec.shape.reduce((product, size) => product * size, 1);
    this.#density =
      jem === null ? null : jointEnergy({ ...model, classes: model.spec.classes, width }, seed, jem);
  }

  /** Takes the place of the head's loss; null where there is none. */
  get objective(): Objective | null {
    return this.#density;
  }

  /** What a checkpoint keeps of them. */
  get variables(): readonly Variable[] {
    return [...(this.#average?.state() ?? []), ...(this.#density?.variables ?? [])];
  }

  /** Its name and settings. */
  get average(): string | null {
    return this.#settings.methods.average;
  }

  afterStep(at: Moment): void {
    this.#average?.afterStep(at);
  }

  /** After the epoch was looked at: `work` is done with the averaged weights; null where there are none yet. */
  async afterEpoch<T>(epoch: number, work: () => Promise<T>): Promise<T | null> {
    if (this.#average === null) return null;
    this.#average.afterEpoch(epoch);
    const { seed } = this.#settings;
    const { stepsAnEpoch } = this.#source;
    const batches = inputsOf(this.#source, epoch);
    const noiseOf = (batch: number) => new Random(seed, "statistics", epoch, batch);
    const done = await withAveraged(this.#average, this.#model, { batches, noiseOf }, work);
    // Other runs of the same batch have their step still before them.
    this.#source.at(epoch, stepsAnEpoch - 1);
    return done;
  }

  /** Of the model as it is now. */
  async ood(): Promise<OodResult[]> {
    const results: OodResult[] = [];
    for (const { name, part } of this.#source.others?.sets ?? []) {
      const outside = { name, batches: inOrder(part) };
      results.push(
        await measureOod(this.#classifying, this.#source.test(), outside, this.#settings.methods.temperature),
      );
    }
    return results;
  }

  /** Fine-tunes the model as it is now. Null: nobody asked for it; a text: why it failed. */
  async tune(): Promise<{ inside: number; outside: number } | string | null> {
    const { methods, learningRate, ...settings } = this.#settings;
    const { tune, temperature } = methods;
    const outside = this.#source.others?.tune ?? null;
    if (tune === null || outside === null) return null;
    const source = this.#source;
    const { epochs: trained } = this.#settings;
    return tuneEnergies(
      this.#classifying,
      {
        stepsAnEpoch: source.stepsAnEpoch,
        // Rows in an order that training has not had.
        at: (epoch, step) => source.at(trained + epoch, step),
        validation: () => source.validation(),
        outside,
        outsideBatches: () => inOrder(outside),
      },
      { ...settings, ...tune, temperature, learningRate: learningRate * tune.rate },
    );
  }

  async density(): Promise<DensityResult | null> {
    if (this.#density === null) return null;
    const { shape } = this.#model.spec;
    const { energies, buffer } = this.#density;
    const isPicture = shape.length === 3 && (shape[0] === 1 || shape[0] === 3);
    const count = Math.min(PICTURES.count, buffer.capacity);
    const samples = Array.from({ length: count }, (_, k) => buffer.sample(k));
    const pictures = isPicture ? await contactSheet(samples, shape, PICTURES.across) : null;
    return { energies: { ...energies }, pictures };
  }

  get #classifying() {
    const { trunk, head, spec } = this.#model;
    return { trunk, head, classes: spec.classes };
  }
}

function* inputsOf(source: Source, epoch: number): Generator<Float32Array> {
  for (let step = 0; step < Math.min(STATISTICS, source.stepsAnEpoch); step++)
    yield source.at(epoch, step).inputs;
}
