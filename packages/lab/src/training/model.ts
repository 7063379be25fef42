import type { Engine } from "../engine/engine.js";
import type { Head } from "../heads/head.js";
import { createHead } from "../heads/index.js";
import { createTrunk, type Norm } from "../trunks/index.js";
import type { Trunk } from "../trunks/trunk.js";
import type { Parameter, Variable } from "./parameter.js";
import { EVALUATED_COLUMNS } from "./text.js";

/** What a model is built from, before anything is learned; it stands in its file. */
export interface ModelSpec {
  readonly trunk: string;
  /** Null is what the trunk has by itself. */
  readonly norm: Norm | null;
  readonly head: string;
  /** Of the inputs of a row. */
  readonly shape: readonly number[];
  readonly features: number;
  readonly classes: number;
  /** Of text, the words of a column that are read at a time. */
  readonly steps: number | null;
}

/** What a model is made for; without training steps, to classify only. */
interface Setting {
  readonly batch: number;
  readonly seed: number;
  readonly inputGradients?: boolean;
  readonly trainingSteps?: number;
}

/** Rows of inputs that are evaluated at a time. */
const EVALUATED = 256;

export class Model {
  readonly parameters: readonly Parameter[];

  private constructor(
    readonly spec: ModelSpec,
    readonly trunk: Trunk,
    readonly head: Head,
  ) {
    this.parameters = [...trunk.parameters, ...head.parameters];
  }

  static async create(
    spec: ModelSpec,
    engine: Engine,
    { batch, seed, inputGradients = false, trainingSteps }: Setting,
  ): Promise<Model> {
    const { shape, norm, features, classes, steps } = spec;
    const trunk = await createTrunk(spec.trunk, {
      engine,
      inputShape: shape,
      features,
      batch,
      evaluated: steps === null ? EVALUATED : EVALUATED_COLUMNS,
      seed,
      inputGradients,
      ...(steps !== null && { vocabulary: classes, steps }),
      ...(norm !== null && { norm }),
    });
    const rows = batch * (steps ?? 1);
    const of = { features: trunk.features, classes, rows, trainingSteps };
    const head = await createHead(spec.head, of, seed, engine);
    return new Model(spec, trunk, head);
  }

  /** Everything that a copy of the model needs. */
  get variables(): readonly Variable[] {
    return [...this.parameters, ...(this.head.variables ?? []), ...this.trunk.variables];
  }

  async release(): Promise<void> {
    await this.trunk.release();
    await this.head.release();
  }
}
