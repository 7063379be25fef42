import type { KernelRows, TransformArray } from "../backend.js";

/** What native/addon.cc exports. */
export interface Addon {
  /** The version of the package that it was built for. */
  readonly version: string;
  /** The instruction sets that this CPU runs, best first. */
  readonly instructionSets: readonly string[];
  /** Processors that this process may use. */
  readonly availableThreads: number;
  /** How many arguments the functions of the module and of {@link Kernels} read. */
  readonly arities: Readonly<Record<"module" | "kernels", Readonly<Record<string, number>>>>;
  misalignment(bytes: Uint8Array, alignment: number): number;
  create(instructionSet: string, threads: number): Kernels;
  /** Runs the plans of all backends: JavaScript calls one function faster than one for each. */
  run(plan: TransformPlan): void;
  runForward(plan: ForwardPlan, scale: number): void;
  runRotation(plan: RotationPlan): void;
}

export interface Kernels {
  /** With only the array given, it is one row and is not multiplied. */
  fwht(x: TransformArray, rowLength?: number, multiplier?: number, factor?: Factor): void;
  plan(x: TransformArray, rowLength: number, multiplier: number, factor?: Factor): TransformPlan;
  columns(x: TransformArray, length: number, inner: number, multiplier: number, factor?: Factor): void;
  planColumns(
    x: TransformArray,
    length: number,
    inner: number,
    multiplier: number,
    factor?: Factor,
  ): TransformPlan;
  decodeFloat16(x: Uint16Array, out: Float32Array): void;
  decodeBfloat16(x: Uint16Array, out: Float32Array): void;
  decodeInt8(x: Int8Array, out: Float32Array): void;
  encodeFloat16(x: Float32Array, out: Uint16Array): void;
  encodeBfloat16(x: Float32Array, out: Uint16Array): void;
  /** Matrix B as `fwht` and `plan` take it. */
  factor(order: number, signs: Uint32Array): Factor;
  head(
    features: number,
    classes: number,
    order: number,
    unit: number,
    masks: Uint32Array,
    segments: Int32Array,
    factorOrder: number,
    factorSigns: Uint32Array,
    /** Null where B is symmetric. */
    transposedSigns: Uint32Array | null,
    columns: Int32Array | null,
  ): Head;
  /** False if not all weights are finite: then what is written has no meaning. */
  nearestRows(weights: Float32Array, features: number, width: number, out: Uint8Array): boolean;
  /** A head whose class vectors are packed rows. */
  signedRowsHead(
    features: number,
    classes: number,
    width: number,
    unit: number,
    packed: Uint32Array,
    stages: number,
    magnitudes: Float32Array | null,
    normalised: number,
  ): Head;
  forward(head: Head, x: KernelRows, scale: number, bias: Bias, logits: Float32Array): void;
  /** Whether it was done: nothing of `x` and `logits` need have been checked, and what does not fit or overlaps is left alone. */
  tryForward(head: Head, x: unknown, scale: number, bias: Bias, logits: unknown): boolean;
  planForward(head: Head, x: KernelRows, bias: Bias, logits: Float32Array): ForwardPlan;
  logSumExp(
    head: Head,
    x: KernelRows,
    scale: number,
    bias: Bias,
    normalised: number,
    out: Float32Array,
  ): void;
  probabilities(head: Head, x: KernelRows, scale: number, bias: Bias, out: Float32Array): void;
  chosenProbabilities(
    head: Head,
    x: KernelRows,
    scale: number,
    bias: Bias,
    chosen: Int32Array,
    out: Float32Array,
  ): void;
  topK(
    head: Head,
    x: KernelRows,
    scale: number,
    bias: Bias,
    k: number,
    classes: Int32Array,
    scores: Float32Array,
  ): void;
  backward(
    head: Head,
    x: KernelRows,
    scale: number,
    bias: Bias,
    gradLogits: Float32Array,
    gradFeatures: Float32Array,
    gradScale: Float32Array,
    gradBias: Bias,
    gradWeights: Float32Array | null,
    weightClasses: Int32Array | null,
  ): void;
  lossAndGradient(
    head: Head,
    x: KernelRows,
    scale: number,
    bias: Bias,
    normalised: number,
    labels: Int32Array | null,
    targets: Float32Array | null,
    classWeights: Float32Array | null,
    rowWeights: Float32Array | null,
    rowWeight: number,
    labelSmoothing: number,
    sumOfClassWeights: number,
    margin: Float64Array | null,
    losses: Float32Array,
    gradFeatures: Float32Array,
    gradScale: Float32Array,
    gradBias: Bias,
    gradWeights: Float32Array | null,
    weightClasses: Int32Array | null,
  ): void;
  /** Of the factor and its transpose both are undefined where the order is a power of two. */
  rotation(
    length: number,
    order: number,
    rounds: number,
    masks: Uint32Array,
    factor: Factor | undefined,
    transposed: Factor | undefined,
  ): Rotation;
  /** `inverse` is 1 where the rotation is undone, otherwise 0. */
  rotate(x: Float32Array, rotation: Rotation, inverse: number): void;
  planRotation(x: Float32Array, rotation: Rotation, inverse: number): RotationPlan;
  /** `cancelled[0]` other than 0 stops the work early. The arrays are kept alive until then. */
  forwardAsync(
    head: Head,
    x: KernelRows,
    scale: number,
    bias: Bias,
    logits: Float32Array,
    cancelled: Int32Array,
  ): Promise<void>;
}

/**
 * Objects of the addon. Each is a buffer of its bytes, so that the collector knows how large it is and frees it: a plan keeps its arrays alive.
 * Nobody else gets one, for what is in it is trusted.
 */
type AddonObject<Kind extends string> = ArrayBuffer & { readonly kind?: Kind };
export type Factor = AddonObject<"factor">;
export type Head = AddonObject<"head">;
type TransformPlan = AddonObject<"transform plan">;
type ForwardPlan = AddonObject<"forward plan">;
type Rotation = AddonObject<"rotation">;
type RotationPlan = AddonObject<"rotation plan">;

type Bias = Float32Array | null;
