import type { Part } from "../../data/dataset.js";
import { createOptimizer } from "../../training/optimizers/index.js";
import type { Trunk } from "../../trunks/trunk.js";
import { Diverged } from "../objective.js";
import { energyFineTuning } from "./fine-tune.js";
import { type Margins, measuredMargins } from "./margins.js";
import { type Classifying, scoresOf } from "./measure.js";

export interface TuneSettings {
  readonly epochs: number;
  /** At its highest; it goes down to 0 by a cosine. */
  readonly learningRate: number;
  readonly optimizer: string;
  readonly weightDecay: number;
  readonly weight: number;
  readonly temperature: number;
  /** Null: the mean energies of validation rows and of the other rows. */
  readonly margins: Margins | null;
  readonly seed: number;
}

export interface TuneData {
  readonly stepsAnEpoch: number;
  at(epoch: number, step: number): { readonly inputs: Float32Array; readonly labels: Int32Array };
  validation(): Iterable<{ readonly inputs: Float32Array }>;
  /** Rows of no class, to be trained on. */
  readonly outside: Part;
  /** The same, some at a time. */
  outsideBatches(): Iterable<{ readonly inputs: Float32Array }>;
}

/**
 * Energy-bounded learning of a model that is trained: a few epochs from the weights that it has. All is drawn from the seed, so that what
 * was interrupted is simply done again. Returns the margins, or why it failed: then the model is to be forgotten.
 */
export async function tuneEnergies(
  model: Classifying & { readonly trunk: Trunk },
  data: TuneData,
  settings: TuneSettings,
): Promise<Margins | string> {
  const { trunk, head } = model;
  const { epochs, learningRate, optimizer: name, weightDecay, temperature } = settings;
  const inside = (await scoresOf(model, data.validation(), temperature)).energy;
  const outside = (await scoresOf(model, data.outsideBatches(), temperature)).energy;
  const margins = settings.margins ?? measuredMargins(inside, outside);
  if (typeof margins === "string") return margins;
  const objective = energyFineTuning({ ...model, ...settings, margins, outside: data.outside });
  const optimizer = createOptimizer(name, [...trunk.parameters, ...head.parameters], { weightDecay });
  const steps = epochs * data.stepsAnEpoch;
  try {
    for (let k = 0; k < steps; k++) {
      const [epoch, step] = [Math.floor(k / data.stepsAnEpoch), k % data.stepsAnEpoch];
      await objective.step({ ...data.at(epoch, step), epoch, step });
      optimizer.step((learningRate / 2) * (1 + Math.cos((Math.PI * k) / steps)));
      trunk.afterStep?.();
    }
  } catch (error) {
    if (error instanceof Diverged) return error.message;
    throw error;
  }
  return margins;
}
