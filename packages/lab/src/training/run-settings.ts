import type { MethodSettings } from "../methods/settings.js";
import type { ModelSpec } from "./model.js";
import type { Progress } from "./place.js";
import type { Source } from "./source.js";
import type { StartName } from "./starts/index.js";

/** What one run is told of how to train. */
export interface RunSettings {
  readonly spec: ModelSpec;
  /** Where the matrix of the head starts. */
  readonly start: StartName;
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
  readonly methods: MethodSettings;
}

/** What a checkpoint tells beside its arrays. */
export interface CheckpointAbout {
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

/** Where a run keeps where it is, in its folder. */
export const CHECKPOINT_FILE = "checkpoint.safetensors";
export const CHECKPOINT = "checkpoint";
export const MODEL = "model";
