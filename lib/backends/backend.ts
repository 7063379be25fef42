/**
 * The one interface between the operations of the package and their kernels. Arguments that reach a backend have been
 * checked; a backend knows nothing of the mathematics of class codes, only of the tables that describe one.
 *
 * All backends return the same bits: docs/numerics.md.
 */

import type { KroneckerFactor } from "../hadamard/factor.js";
import type { Margin } from "../numerics/margin.js";
import type { HadamardTable, HeadTable, ProductTable, RotationTable } from "../table.js";

/** Backends, in the order in which they are tried: "native", "wasm", "js". */
export type BackendName = "native" | "wasm" | "js";

/** The arrays that the transform takes. */
export type TransformArray = Float32Array | Float64Array | Int32Array;

/** Types of floating point of 16 bits, which come as their bits. */
export type HalfType = "float16" | "bfloat16";

/** Types of features other than float32. */
export type ReducedType = HalfType | "int8";

/** Rows of features as kernels take them. The type of the array tells what they are: a Uint16Array has float16, an Int16Array bfloat16. */
export type KernelRows = Float32Array | Uint16Array | Int16Array | Int8Array;

/** The learned part of a head. */
export interface HeadParameters {
  readonly scale: number;
  readonly bias: Float32Array | null;
}

/** The learned part of a head for the losses of it, which can leave out the division of rows by their norm. */
export interface LossParameters extends HeadParameters {
  /** Always true for class vectors that are learned themselves. Rows of a table that is not normalised never are divided by their norm. */
  readonly normalised: boolean;
}

/** Where gradients are written. */
export interface GradientBuffers {
  /** rows × features */
  readonly features: Float32Array;
  /** One value a row; the sum over rows is the caller's. */
  readonly scale: Float32Array;
  /** One value a class, summed over rows; null where the head has no bias. */
  readonly bias: Float32Array | null;
  /** Classes × features, summed over rows; null: not asked for, as that of class vectors which never change. */
  readonly weights: Float32Array | null;
  /** The classes that `weights` is of, all different; none given: all. */
  readonly weightClasses?: Int32Array | null;
}

/** What an AbortSignal is, wherever it comes from: neither the types of the DOM nor those of Node.js are needed for it. */
export interface AbortSignalLike {
  /** Whether it has been aborted. */
  readonly aborted: boolean;
  /** What was given as the reason. */
  readonly reason?: unknown;
  /** Throws the reason, once there is one. */
  throwIfAborted(): void;
  /** Calls the listener when it is aborted. */
  addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
  /** Undoes {@link AbortSignalLike.addEventListener}. */
  removeEventListener(type: "abort", listener: () => void): void;
}

/**
 * Cross-entropy as the kernel sees it: the loss of a row is Σ t · ln Σ exp z − Σ t·z with the targets t_c = ((1 − λ)·q_c + λ/C)·w_c. With
 * neither labels nor targets it is ln Σ exp z.
 */
export interface CrossEntropy {
  /** The class y of each row: q_y = 1, all others 0; null: none. */
  readonly labels: Int32Array | null;
  /** q, rows × classes; null: none. */
  readonly targets: Float32Array | null;
  /** w; null: 1. */
  readonly classWeights: Float32Array | null;
  readonly sumOfClassWeights: number;
  /**
   * What the gradients of a row are multiplied by, not its loss: one value a row, or the same one for all. A row of 0 is left out: its loss
   * and gradients are 0, its label is not read.
   */
  readonly rowWeights: Float32Array | number;
  /** λ */
  readonly labelSmoothing: number;
  /** Null: none. Only with labels, and only for rows that are divided by their norm. */
  readonly margin: Margin | null;
}

/** The kernels of one head. `x` is rows × features; every output has exactly the length its shape asks for. */
export interface HeadKernels<Rows extends KernelRows = Float32Array> {
  /** Features of another type as the other methods take them; missing where they take float32 alone. */
  reduced?(x: Uint16Array | Int8Array, type: ReducedType): KernelRows;
  forward(x: Rows, parameters: HeadParameters, logits: Float32Array): void;
  /**
   * `forward` of arguments that nobody has checked, where a backend checks them faster than TypeScript does. Returns whether it was done; what
   * does not fit exactly is left alone, and so are outputs that overlap an input.
   */
  tryForward?(x: unknown, scale: number, bias: Float32Array | null, logits: unknown): boolean;
  /**
   * `forward` bound to its arrays, where that is cheaper to call. The caller sees to it that all are still attached when it calls.
   */
  planForward?(x: Float32Array, bias: Float32Array | null, logits: Float32Array): (scale: number) => void;
  /** Writes ln Σ exp z, one value a row. */
  logSumExp(x: Rows, parameters: LossParameters, out: Float32Array): void;
  probabilities(x: Rows, parameters: HeadParameters, probabilities: Float32Array): void;
  /** Probabilities of the chosen classes, rows × chosen.length. The softmax runs over all classes. */
  chosenProbabilities(
    x: Rows,
    parameters: HeadParameters,
    chosen: Int32Array,
    probabilities: Float32Array,
  ): void;
  topK(x: Rows, parameters: HeadParameters, k: number, classes: Int32Array, scores: Float32Array): void;
  backward(x: Rows, parameters: HeadParameters, gradLogits: Float32Array, gradients: GradientBuffers): void;
  lossAndGradient(
    x: Rows,
    parameters: LossParameters,
    loss: CrossEntropy,
    losses: Float32Array,
    gradients: GradientBuffers,
  ): void;
  /**
   * `forward` on another thread, where the backend has threads. The arrays belong to the call until it settles; when `signal`
   * aborts, the work stops early and the content of `logits` is undefined.
   */
  forwardAsync?(
    x: Rows,
    parameters: HeadParameters,
    logits: Float32Array,
    signal: AbortSignalLike | undefined,
  ): Promise<void>;
}

/** The kernels of one rotation. `x` holds whole rows, none or more. */
export interface RotationKernels {
  /** Rotates every row in place, or undoes that. */
  rotate(x: Float32Array, inverse: boolean): void;
  /** `rotate` bound to its arguments. The caller sees to it that `x` is still attached when it calls. */
  plan(x: Float32Array, inverse: boolean): () => void;
}

/**
 * The kernels of one backend and instruction set, made by {@link createBackend} and taken by the options `backend`. Its methods are for the
 * operations of this package, which check what they pass.
 */
export interface Backend {
  /** "native", "wasm" or "js". */
  readonly name: BackendName;
  /** One of {@link instructionSets}, for example "simd128". */
  readonly instructionSet: string;
  /**
   * Transforms every row of `x` in place and multiplies by `multiplier`. For an Int32Array that is 1, or 1 by an integer, which
   * divides and rounds down. `factor` is B where rowLength is b · 2^m, and null where it is a power of two.
   */
  fwht(x: TransformArray, rowLength: number, multiplier: number, factor: KroneckerFactor | null): void;
  /** `fwht` bound to its arguments. The caller sees to it that `x` is still attached when it calls. */
  plan(x: TransformArray, rowLength: number, multiplier: number, factor: KroneckerFactor | null): () => void;
  /**
   * Transforms the columns of `x` in place, which is blocks of `length` rows of `inner` elements, and multiplies as `fwht` does. Each
   * column gets the bits of a row of the same numbers.
   */
  columns(
    x: TransformArray,
    length: number,
    inner: number,
    multiplier: number,
    factor: KroneckerFactor | null,
  ): void;
  /** `columns` bound to its arguments. The caller sees to it that `x` is still attached when it calls. */
  planColumns(
    x: TransformArray,
    length: number,
    inner: number,
    multiplier: number,
    factor: KroneckerFactor | null,
  ): () => void;
  /** The kernels of a head with these class vectors. */
  head(table: HeadTable): HeadKernels;
  /** The kernels of this rotation. */
  rotation(table: RotationTable): RotationKernels;
  /** Writes every number of `x` to `out`, exactly; NaN stays NaN. An Int8Array has the type "int8", a Uint16Array one of the others. */
  decode(x: Uint16Array | Int8Array, type: ReducedType, out: Float32Array): void;
  /** Rounds every number of `x` to nearest, ties to even, and writes its bits to `out`; NaN becomes 0x7E00 or 0x7FC0. */
  encode(x: Float32Array, type: HalfType, out: Uint16Array): void;
  /**
   * Rounds rows of weights to the nearest signed rows of a Sylvester matrix of order `width`, as the rounding of product codes does; false if not
   * all weights are finite, and then what is written has no meaning.
   */
  nearestRows?(weights: Float32Array, features: number, width: number, out: Uint8Array): boolean;
  /** How many bytes the array starts behind a multiple of `alignment`, where that makes kernels slower. */
  misalignment?(bytes: Uint8Array, alignment: number): number;
}

/** Options of {@link createBackend}. */
export interface BackendOptions {
  /** One of {@link instructionSets}, for example "simd128"; default: the best that this machine runs. */
  instructionSet?: string;
  /**
   * How many threads one call may use; 1 … 256; default: as many as there are processors. Only the native backend has threads, and only large calls
   * use them. The number never changes a bit.
   */
  threads?: number;
}

/** What `fwht` needs of a backend: with no heads in it, a bundle of a program without heads has none of their code. */
export type TransformBackend = Omit<Backend, "head" | "rotation">;

/** What a backend makes of tables; all others are done by plain TypeScript, dense ones everywhere. */
export interface TableKernels extends Pick<Backend, "rotation" | "nearestRows"> {
  head(table: HadamardTable): HeadKernels;
  productHead?(table: ProductTable): HeadKernels;
}

/** A backend that was loaded. */
export interface Opened {
  readonly transform: TransformBackend;
  /** What lib/backends/complete.ts makes heads and rotations of. */
  readonly engine: unknown;
}

/** How a backend is made. */
export interface BackendFactory {
  /**
   * The instruction sets that this machine runs, best first.
   *
   * @throws Error that says why the backend cannot be loaded here
   */
  instructionSets(): readonly string[];
  /** `instructionSet` is one of {@link BackendFactory.instructionSets}. */
  open(instructionSet: string, options: BackendOptions): Opened;
  /** Tells the user that another backend stands in for this one, where that is not what they would expect. */
  replaced?(error: Error, instead: BackendName): void;
}
