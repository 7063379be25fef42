import type { TrainOptions } from "../options/train.js";
import { Problem } from "../problem.js";
import { type Margins, parseMargins } from "./energy/margins.js";
import type { JemOptions } from "./jem/objective.js";
import { JEM_DEFAULTS } from "./jem/objective.js";

/** What a run is told of methods: plain data, which a checkpoint keeps among its settings. */
export interface MethodSettings {
  readonly average: string | null;
  readonly jem: JemOptions | null;
  readonly temperature: number;
  readonly tune: {
    readonly epochs: number;
    readonly weight: number;
    readonly margins: Margins | null;
    /** A share of the learning rate of the training. */
    readonly rate: number;
  } | null;
}

/** What does not go together is refused before anything is read or computed. */
export function methodSettings(options: TrainOptions): MethodSettings {
  const { jem, ood } = options;
  const measured = options["ood-classes"] !== null || ood !== null;
  const tuned = options["energy-tune"] > 0;
  if (options.energy && !measured)
    throw new Problem("--energy tells others from the classes: name them by --ood-classes or --ood");
  if (tuned && options["energy-classes"] === null && ood === null)
    throw new Problem(
      "--energy-tune learns from rows of no class: name classes by --energy-classes, or files with a training part by --ood",
    );
  if (options["energy-classes"] !== null && !tuned)
    throw new Problem("--energy-classes are for fine-tuning: say for how many epochs by --energy-tune");
  if (jem && options.features !== "inputs")
    throw new Problem(
      "--jem draws samples of inputs, and Mapper's columns are none: leave out one of the two",
    );
  const margins = options["energy-margins"];
  return {
    average: options.average,
    jem: jem
      ? {
          steps: options["jem-steps"],
          stepSize: options["jem-step-size"],
          noise: options["jem-noise"],
          buffer: options["jem-buffer"],
          reinit: options["jem-reinit"],
          weight: options["jem-weight"],
          bound: JEM_DEFAULTS.bound,
        }
      : null,
    temperature: options["energy-temperature"],
    tune: tuned
      ? {
          epochs: options["energy-tune"],
          weight: options["energy-weight"],
          margins: margins === null ? null : parseMargins(margins),
          rate: options["energy-rate"],
        }
      : null,
  };
}

export const NO_METHODS: MethodSettings = { average: null, jem: null, temperature: 1, tune: null };
