/**
 * The one interface between the operations of the package and their kernels. Arguments that reach a backend have been
 * checked; a backend knows nothing of the mathematics of class codes, only of the tables that describe one.
 *
 * All backends return the same bits: docs/numerics.md.
 */

export type BackendName = "native" | "wasm" | "js";

/** The arrays that the transform takes. */
export type TransformArray = Float32Array | Float64Array | Int32Array;

/** Types of features that are made float32 before a kernel sees them; the first two come as their bits. */
export type ReducedType = "float16" | "bfloat16" | "int8";

/** A symmetric Hadamard matrix whose first row and column are +1; its order is a multiple of 4. */
export interface Base {
  readonly order: number;
  /** Rows of {@link maskWords}(order) words each; bit j set: the entry in column j is −1. */
  readonly signs: Uint32Array;
}

/**
 * What a kernel needs to know of a class code. The code is one of two kinds: rows of sign-masked Hadamard matrices, or, with
 * `weights`, a dense matrix; then order, base, columns and masks say nothing and there is one segment of all classes.
 */
export interface HeadTable {
  /** Width N of a row of features. */
  readonly features: number;
  /** Number C of classes. */
  readonly classes: number;
  /** Order M = b · 2^m of the Hadamard matrix B ⊗ Sylvester(2^m), M ≥ N. */
  readonly order: number;
  /** Order b of B: 1, or a multiple of 4. */
  readonly base: number;
  /** B, as in {@link Base}; empty for b = 1. */
  readonly baseSigns: Uint32Array;
  /** The column of the matrix in which each feature stands, all different; null: feature i in column i. */
  readonly columns: Int32Array | null;
  /** Class vectors of a dense code, classes × features. Those of an unnormalised one are learned: they change between calls. */
  readonly weights: Float32Array | null;
  /** Whether rows are divided by their norm and multiplied by the scale. Only a dense code may be without. */
  readonly normalised: boolean;
  /** Factor on the entries of the class vectors. */
  readonly unit: number;
  /** Sign masks, {@link maskWords}(order) words a block; bit i set: feature i is negated. A block is M rows. */
  readonly masks: Uint32Array;
  /**
   * Which rows make which classes, {@link SEGMENT_FIELDS} numbers a segment: block, first row, sign (±1), first class,
   * number of classes. Sorted by class, without gaps; the segments of a block stand next to each other.
   */
  readonly segments: Int32Array;
}

export const SEGMENT_FIELDS = 5;

/** Number of 32-bit words that hold the sign mask of one block. */
export const maskWords = (order: number): number => Math.ceil(order / 32);

/** The learned part of a head. */
export interface HeadParameters {
  readonly scale: number;
  readonly bias: Float32Array | null;
}

/** Where gradients are written. */
export interface GradientBuffers {
  /** rows × features */
  readonly features: Float32Array;
  /** One value a row; the sum over rows is the caller's. */
  readonly scale: Float32Array;
  /** One value a class, summed over rows; null where the head has no bias. */
  readonly bias: Float32Array | null;
  /** classes × features, summed over rows; null where the class vectors are fixed. */
  readonly weights: Float32Array | null;
}

/** Cross-entropy as the kernel sees it: `factor` multiplies every gradient (1 / rows for the mean). */
export interface CrossEntropy {
  readonly labels: Int32Array;
  readonly labelSmoothing: number;
  readonly factor: number;
}

/** The kernels of one head. `x` is rows × features; every output has exactly the length its shape asks for. */
export interface HeadKernels {
  forward(x: Float32Array, parameters: HeadParameters, logits: Float32Array): void;
  /**
   * `forward` bound to its arrays, where that is cheaper to call. The caller sees to it that all are still attached when it calls.
   */
  planForward?(x: Float32Array, bias: Float32Array | null, logits: Float32Array): (scale: number) => void;
  probabilities(x: Float32Array, parameters: HeadParameters, probabilities: Float32Array): void;
  /** Probabilities of some classes, softmax over all: rows × chosen.length. */
  chosenProbabilities(
    x: Float32Array,
    parameters: HeadParameters,
    chosen: Int32Array,
    probabilities: Float32Array,
  ): void;
  topK(
    x: Float32Array,
    parameters: HeadParameters,
    k: number,
    classes: Int32Array,
    scores: Float32Array,
  ): void;
  backward(
    x: Float32Array,
    parameters: HeadParameters,
    gradLogits: Float32Array,
    gradients: GradientBuffers,
  ): void;
  lossAndGradient(
    x: Float32Array,
    parameters: HeadParameters,
    loss: CrossEntropy,
    losses: Float32Array,
    gradients: GradientBuffers,
  ): void;
  /**
   * `forward` on another thread, where the backend has threads. The arrays belong to the call until it settles; when `signal`
   * aborts, the work stops early and the content of `logits` is undefined.
   */
  forwardAsync?(
    x: Float32Array,
    parameters: HeadParameters,
    logits: Float32Array,
    signal: AbortSignal | undefined,
  ): Promise<void>;
}

export interface Backend {
  readonly name: BackendName;
  readonly instructionSet: string;
  /**
   * Transforms every row of `x` in place and multiplies by `factor`. For Int32Array the factor is 1, or 1 / rowLength, which
   * divides and rounds down: by an arithmetic shift where rowLength is a power of two. For other lengths, b · 2^m, `base` is B.
   */
  fwht(x: TransformArray, rowLength: number, factor: number, base?: Base): void;
  /** The same bound to its arguments. The caller sees to it that `x` is still attached when it calls. */
  plan(x: TransformArray, rowLength: number, factor: number, base?: Base): () => void;
  head(table: HeadTable): HeadKernels;
  /** Writes every number of `x` to `out`, exactly; NaN stays NaN. An Int8Array has the type "int8", a Uint16Array one of the others. */
  decode(x: Uint16Array | Int8Array, type: ReducedType, out: Float32Array): void;
  /** How many bytes the array starts behind a multiple of `alignment`, where that makes kernels slower. */
  misalignment?(bytes: Uint8Array, alignment: number): number;
}
