import { type Parameter, type Variable, variable } from "../../training/parameter.js";

/** A step that was just taken; both count from 0. */
export interface Moment {
  readonly epoch: number;
  readonly step: number;
  readonly stepsAnEpoch: number;
}

/** An average of the weights along their way. Some go on from it: these write to the parameters. */
export interface Average {
  afterStep(at: Moment): void;
  /** After the weights that the epoch ended with were looked at. */
  afterEpoch(epoch: number): void;
  /** What a checkpoint has to keep: written back into these arrays, the average goes on bit for bit. */
  state(): readonly Variable[];
  /** By the names of the parameters; null as long as nothing was sampled. */
  averaged(): ReadonlyMap<string, Float32Array> | null;
}

export interface Training {
  readonly parameters: readonly Parameter[];
  readonly epochs: number;
}

/** One array for each parameter. */
export const arraysFor = (parameters: readonly Parameter[], purpose: string): Variable[] =>
  parameters.map(({ name, shape }) => variable(`average.${purpose}.${name}`, shape));

/** Whether a step is one of so many that lie evenly in an epoch, the last step among them. */
export const isSampled = ({ step, stepsAnEpoch }: Moment, samples: number): boolean =>
  Math.floor(((step + 1) * samples) / stepsAnEpoch) > Math.floor((step * samples) / stepsAnEpoch);

/** mean += share · (value − mean): with a share of 1 / n the mean of n, with a constant one a moving average. */
export function blend(means: readonly Variable[], parameters: readonly Parameter[], share: number): void {
  means.forEach(({ value: mean }, k) => {
    const { value } = parameters[k];
    if (share === 1) mean.set(value);
    else for (let i = 0; i < mean.length; i++) mean[i] += share * (value[i] - mean[i]);
  });
}

export function goOnFrom(means: readonly Variable[], parameters: readonly Parameter[]): void {
  means.forEach(({ value }, k) => {
    parameters[k].value.set(value);
  });
}

export const named = (
  means: readonly Variable[],
  parameters: readonly Parameter[],
): Map<string, Float32Array> => new Map(means.map(({ value }, k) => [parameters[k].name, value]));
