import type { Backend, HeadKernels, HeadParameters, KernelRows } from "../backends/backend.js";
import type { ClassCode } from "../codes/code.js";
import { FeatureDecoder } from "../features.js";
import type { DenseTable } from "../table.js";
import { checkOptions, type FixedClassifierOptions, type HeadSettings, LEARNED } from "./options.js";
import { checkInitialScale, checkParameters, checkScale, type LearnedArrays } from "./parameters.js";

/** What a head is made of, as the operations on it see it. */
export class HeadCore implements LearnedArrays {
  readonly settings: HeadSettings;
  readonly features: number;
  readonly classes: number;
  readonly code: ClassCode;
  readonly backend: Backend;
  readonly bias: Float32Array | null;
  readonly weights: Float32Array | null;
  /** Whether rows are divided by their norm. */
  readonly normalised: boolean;
  readonly decoder: FeatureDecoder;
  /** The scale s: read at every call, and so no accessor. {@link setScale} checks what it becomes. */
  scale = 0;
  /** What {@link kernels} has made, to be read at every call too. */
  made: HeadKernels<KernelRows> | null = null;

  constructor(options: FixedClassifierOptions) {
    const { settings, code, bias, scale, backend } = checkOptions(options);
    this.settings = settings;
    this.features = settings.features;
    this.classes = settings.classes;
    this.code = code;
    this.backend = backend;
    this.bias = bias ? code.initialBias() : null;
    this.normalised = code.normalised;
    this.weights = code.name === LEARNED ? (code.table as DenseTable).weights : null;
    this.setScale(checkInitialScale(scale));
    this.decoder = new FeatureDecoder(settings.features, code.normalised, backend);
  }

  /** Made at the first call that needs them, with the class vectors: a head that is only loaded and looked at has neither. */
  get kernels(): HeadKernels<KernelRows> {
    this.made ??= this.backend.head(this.code.table);
    return this.made;
  }

  setScale(value: unknown): void {
    const scale = checkScale(value);
    if (this.weights !== null && value !== 1) {
      throw new RangeError(`code "${this.code.name}" has no scale, it is always 1; got ${value}`);
    }
    this.scale = scale;
  }

  /** Scale and bias as they are now. */
  parameters(): HeadParameters {
    return checkParameters(this, this.scale);
  }

  /** What an output must not overlap. */
  inputs(x: ArrayBufferView): (ArrayBufferView | null)[] {
    return [x, this.bias, this.weights];
  }

  /** Kernels that later changes of the weights do not reach. */
  snapshot(): HeadKernels<KernelRows> {
    if (this.weights === null) return this.kernels;
    const weights = this.weights.slice();
    return this.backend.head({ ...(this.code.table as DenseTable), weights });
  }
}
