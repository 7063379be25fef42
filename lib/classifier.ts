import type { Backend, GradientBuffers, HeadKernels, HeadParameters } from "./backends/backend.js";
import { defaultBackend } from "./backends/select.js";
import { slicedForward } from "./backends/sliced.js";
import {
  checkArray,
  checkBackend,
  checkBoolean,
  checkClasses,
  checkFinite,
  checkInteger,
  checkLabels,
  checkOneOf,
  checkRows,
  describe,
  outputArray,
  overlap,
  typedArrayLength,
} from "./checks.js";
import type { ClassCode } from "./codes/code.js";
import { CODE_NAMES, CODES, type CodeName } from "./codes/index.js";
import {
  checkFeatures,
  FeatureDecoder,
  type FeatureOptions,
  type FeatureRows,
  type Features,
} from "./features.js";
import { decodeHead, encodeHead } from "./safetensors.js";

export const MAX_FEATURES = 2 ** 16;
export const MAX_CLASSES = 2 ** 24;

export interface FixedClassifierOptions {
  /** Width N of a row of features, 1 … 65,536. */
  features: number;
  /** Number C of classes. */
  classes: number;
  /**
   * How classes get their vectors. Default "hadamard"; "sylvester" is the paper's own, "learned" an ordinary dense layer. docs/codes.md
   * says which one when.
   */
  code?: CodeName;
  /** Whether a bias is added to the logits. Default true. */
  bias?: boolean;
  /** Where the scale s starts. Default ln(99·(C − 1)); for "sylvester" 1/√C, as its authors do. "learned" has none. */
  scale?: number;
  /** Whether the scale has a gradient. Default true. */
  learnScale?: boolean;
  /** Seed of what a code draws at random, an unsigned 32-bit integer. Default 0. */
  seed?: number;
  /** Accept classes that share a vector ("sylvester" with more classes than its order). Default false. */
  allowDuplicates?: boolean;
  /** Default: the one chosen at load time. */
  backend?: Backend;
}

/** A head is its settings, a scale and a bias, and nothing else. */
export interface HeadSettings {
  readonly features: number;
  readonly classes: number;
  readonly code: CodeName;
  readonly learnScale: boolean;
  readonly seed: number;
  readonly allowDuplicates: boolean;
}

export type Labels =
  | readonly number[]
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

export type Reduction = "mean" | "sum" | "none";
const REDUCTIONS: readonly Reduction[] = ["mean", "sum", "none"];

export interface Gradient {
  /** ∂L/∂x, rows × features. */
  readonly features: Float32Array;
  /** ∂L/∂s summed over rows; null if the scale is not learned. */
  readonly scale: number | null;
  /** ∂L/∂b, one value a class, summed over rows; null if the head has no bias. */
  readonly bias: Float32Array | null;
  /** ∂L/∂W, classes × features, summed over rows; null but for the code "learned". */
  readonly weights: Float32Array | null;
}

/** Arrays to reuse for the gradients. */
export interface GradientOutput {
  features?: Float32Array;
  bias?: Float32Array;
  weights?: Float32Array;
}

export interface TopK {
  /** rows × k, best first. */
  readonly classes: Int32Array;
  /** Their logits, rows × k. */
  readonly scores: Float32Array;
}

export interface LossOptions extends FeatureOptions {
  /** λ in [0, 1): the target is (1 − λ)·onehot + λ/C. Default 0. */
  labelSmoothing?: number;
  /** How the rows' losses are reduced. Default "mean". With "none" the gradients are those of the sum. */
  reduction?: Reduction;
  out?: GradientOutput;
}

export interface LossAndGradient<L = number> {
  /** Cross-entropy in nats; one value a row for the reduction "none". */
  readonly loss: L;
  readonly gradient: Gradient;
}

/**
 * The last layer of a classifier without its weights:
 *
 *     z_c = s · ⟨w_c, x / (‖x‖ + 1e-8)⟩ + b_c
 *
 * with fixed class vectors w_c from a Hadamard matrix, one learned scale s and a learned bias b (Hoffer, Hubara and Soudry, *Fix your
 * classifier*, ICLR 2018, section 3). Arrays of features are rows × features, and all methods take any number of rows. They are
 * Float32Array, or Float16Array; Uint16Array with the option `type` "float16" or "bfloat16"; Int8Array, with the option `featureScale`.
 *
 * @example
 * const head = new FixedClassifier({ features: 64, classes: 10 });
 * const x = new Float32Array(2 * 64).fill(1); // two rows
 * const logits = head.forward(x); // Float32Array of 2 × 10
 */
export class FixedClassifier {
  readonly settings: HeadSettings;
  /** The class code in use: its order, blocks and coherence. */
  readonly code: ClassCode;
  /** One value a class, to be written by the user's optimiser; null without bias. */
  readonly bias: Float32Array | null;
  /** classes × features, to be written by the user's optimiser; null but for the code "learned". */
  readonly weights: Float32Array | null;
  readonly backend: Backend;
  #scale = 0;
  readonly #kernels: HeadKernels;
  readonly #decoder: FeatureDecoder;

  /**
   * @throws TypeError for an option of the wrong type
   * @throws RangeError for an option out of range, or classes that the code has no vectors for
   */
  constructor(options: FixedClassifierOptions) {
    if (typeof options !== "object" || options === null) {
      throw new TypeError(`options must be an object with features and classes, got ${describe(options)}`);
    }
    const {
      features,
      classes,
      code = "hadamard",
      bias = true,
      learnScale = true,
      seed = 0,
      allowDuplicates = false,
      backend = defaultBackend(),
    } = options;
    checkInteger("features", features, 1, MAX_FEATURES);
    checkInteger("classes", classes, 1, MAX_CLASSES);
    checkOneOf("code", code, CODE_NAMES);
    checkBoolean("bias", bias);
    checkBoolean("learnScale", learnScale);
    checkInteger("seed", seed, 0, 2 ** 32 - 1);
    checkBoolean("allowDuplicates", allowDuplicates);
    checkBackend(backend);
    this.code = CODES[code]({ features, classes, seed, allowDuplicates });
    const { normalised, weights } = this.code.table;
    const learnsScale = normalised && learnScale;
    this.settings = Object.freeze({
      features,
      classes,
      code,
      learnScale: learnsScale,
      seed,
      allowDuplicates,
    });
    this.bias = bias ? this.code.initialBias(seed) : null;
    this.weights = normalised ? null : weights;
    this.scale = options.scale === undefined ? this.code.initialScale : options.scale;
    this.backend = backend;
    this.#kernels = backend.head(this.code.table);
    this.#decoder = new FeatureDecoder(features, normalised, backend);
  }

  get features(): number {
    return this.settings.features;
  }

  get classes(): number {
    return this.settings.classes;
  }

  /** The learned scale s, kept in float32; always 1 for the code "learned". */
  get scale(): number {
    return this.#scale;
  }

  set scale(value: number) {
    checkFinite("scale", value);
    if (!Number.isFinite(Math.fround(value))) {
      throw new RangeError(`scale must be finite in float32, got ${value}`);
    }
    if (this.weights !== null && value !== 1) {
      throw new RangeError(`code "${this.code.name}" has no scale, it is always 1; got ${value}`);
    }
    this.#scale = Math.fround(value);
  }

  /**
   * Logits of every row.
   *
   * @param x rows × features
   * @param options.out an array to write to instead of a new one; at least rows × classes, not overlapping x
   * @returns rows × classes
   * @example
   * const logits = head.forward(x);
   * const same = head.forward(bits, { type: "bfloat16" }); // bits: Uint16Array
   */
  forward(x: Features, options: { out?: Float32Array } & FeatureOptions = {}): Float32Array {
    const input = this.#check(x, options);
    const out = outputArray("out", options.out, input.rows * this.classes, this.#inputs(x));
    const parameters = this.#parameters();
    this.#decoder.chunks(input, (chunk, first, end) => {
      this.#kernels.forward(chunk, parameters, part(out, first, end, this.classes));
    });
    return out;
  }

  /**
   * {@link forward} bound to its arrays: checks them once, and is the cheapest call there is, for a server that answers one row
   * after the other. Takes the features, scale and bias that there are when it is called.
   *
   * @param x rows × features, float32
   * @param options.out as in forward; default: a new array
   * @returns a function that writes the logits to `out` and returns it; it throws a TypeError once an array is detached or its length
   * has changed
   * @example
   * const x = new Float32Array(head.features);
   * const forward = head.plan(x);
   * const logits = forward(); // of what x holds now; the same array at every call
   */
  plan(x: Float32Array, options: { out?: Float32Array } = {}): () => Float32Array {
    checkArray("x", x, "Float32Array");
    const rows = checkRows("x", x, this.features, "features");
    const out = outputArray("out", options.out, rows * this.classes, this.#inputs(x));
    const { bias } = this.#parameters();
    const kernels = this.#kernels;
    const run =
      kernels.planForward?.(x, bias, out) ?? ((scale: number) => kernels.forward(x, { scale, bias }, out));
    const lengths = [typedArrayLength(x), typedArrayLength(out)] as const;
    return () => {
      if (typedArrayLength(x) !== lengths[0] || typedArrayLength(out) !== lengths[1]) {
        const which = typedArrayLength(x) !== lengths[0] ? "x" : "out";
        throw new TypeError(`${which} was detached or resized after head.plan; make a new plan`);
      }
      run(this.#parameters().scale);
      return out;
    };
  }

  /**
   * The k classes with the largest logits of every row, best first, without keeping the logits. Ties go to the lowest class; NaN
   * is below everything.
   *
   * @param k 1 … classes
   * @example
   * const { classes, scores } = head.topK(x, 5);
   */
  topK(x: Features, k: number, options: FeatureOptions = {}): TopK {
    const input = this.#check(x, options);
    const { rows } = input;
    checkInteger("k", k, 1, this.classes);
    const classes = new Int32Array(rows * k);
    const scores = new Float32Array(rows * k);
    const parameters = this.#parameters();
    this.#decoder.chunks(input, (chunk, first, end) => {
      this.#kernels.topK(chunk, parameters, k, part(classes, first, end, k), part(scores, first, end, k));
    });
    return { classes, scores };
  }

  /**
   * Softmax of the logits of every row.
   *
   * @param options.classes only the probabilities of these classes are returned; the softmax is over all
   * @param options.out as in {@link forward}, for rows × classes or the chosen ones
   * @returns rows × classes, or rows × options.classes.length
   * @example
   * const p = head.probabilities(x);
   * const few = head.probabilities(x, { classes: Int32Array.of(3, 141) });
   */
  probabilities(
    x: Features,
    options: { classes?: Int32Array | readonly number[]; out?: Float32Array } & FeatureOptions = {},
  ): Float32Array {
    const input = this.#check(x, options);
    const { classes } = options;
    const chosen = classes === undefined ? null : checkClasses(classes, this.classes);
    const width = chosen?.length ?? this.classes;
    const out = outputArray("out", options.out, input.rows * width, this.#inputs(x));
    const parameters = this.#parameters();
    this.#decoder.chunks(input, (chunk, first, end) => {
      const results = part(out, first, end, width);
      if (chosen === null) this.#kernels.probabilities(chunk, parameters, results);
      else this.#kernels.chosenProbabilities(chunk, parameters, chosen, results);
    });
    return out;
  }

  /**
   * Gradients of any loss from its gradient by the logits.
   *
   * @param x rows × features, as given to {@link forward}
   * @param gradLogits ∂L/∂z, rows × classes
   * @example
   * const { features, scale, bias } = head.backward(x, gradLogits);
   */
  backward(
    x: Features,
    gradLogits: Float32Array,
    options: { out?: GradientOutput } & FeatureOptions = {},
  ): Gradient {
    const input = this.#check(x, options);
    const { rows } = input;
    checkArray("gradLogits", gradLogits, "Float32Array");
    if (gradLogits.length !== rows * this.classes) {
      throw new RangeError(
        `gradLogits has ${gradLogits.length} elements, ${rows} rows of ${this.classes} classes need ` +
          `${rows * this.classes}`,
      );
    }
    const buffers = this.#gradientBuffers(rows, options.out, [...this.#inputs(x), gradLogits]);
    this.#kernels.backward(this.#decoder.all(input), this.#parameters(), gradLogits, buffers);
    this.#decoder.unscale(input, buffers.features);
    return this.#gradient(buffers);
  }

  /**
   * Cross-entropy of softmax(logits) against labels, and its gradients, in one pass.
   *
   * @param labels one class a row
   * @example
   * const { loss, gradient } = head.lossAndGradient(x, labels, { labelSmoothing: 0.1 });
   * head.scale -= learningRate * gradient.scale;
   */
  lossAndGradient(
    x: Features,
    labels: Labels,
    options: LossOptions & { reduction: "none" },
  ): LossAndGradient<Float32Array>;
  lossAndGradient(
    x: Features,
    labels: Labels,
    options?: LossOptions & { reduction?: "mean" | "sum" },
  ): LossAndGradient;
  lossAndGradient(
    x: Features,
    labels: Labels,
    options: LossOptions = {},
  ): LossAndGradient<number | Float32Array> {
    const { labelSmoothing = 0, reduction = "mean" } = options;
    const input = this.#check(x, options);
    const { rows } = input;
    const checked = checkLabels(labels, rows, this.classes);
    checkFinite("labelSmoothing", labelSmoothing);
    if (labelSmoothing < 0 || labelSmoothing >= 1) {
      throw new RangeError(`labelSmoothing must be at least 0 and below 1, got ${labelSmoothing}`);
    }
    checkOneOf("reduction", reduction, REDUCTIONS);
    const buffers = this.#gradientBuffers(rows, options.out, this.#inputs(x));
    const losses = new Float32Array(rows);
    const factor = reduction === "mean" ? 1 / rows : 1;
    this.#kernels.lossAndGradient(
      this.#decoder.all(input),
      this.#parameters(),
      { labels: checked, labelSmoothing, factor },
      losses,
      buffers,
    );
    this.#decoder.unscale(input, buffers.features);
    const gradient = this.#gradient(buffers);
    if (reduction === "none") return { loss: losses, gradient };
    return { loss: reduction === "mean" ? sum(losses) / rows : sum(losses), gradient };
  }

  /**
   * {@link forward} off the event loop: on another thread with the native backend, otherwise in slices between which other events
   * run. Works on a copy of x and of the parameters, taken when it is called.
   *
   * @param options.out as in forward; written when the work is done
   * @param options.signal aborts the call: the promise is rejected with the signal's reason and `out` is left as it was
   * @example
   * const logits = await head.forwardAsync(x, { signal: AbortSignal.timeout(1000) });
   */
  async forwardAsync(
    x: Features,
    options: { out?: Float32Array; signal?: AbortSignal } & FeatureOptions = {},
  ): Promise<Float32Array> {
    const input = this.#check(x, options);
    const length = input.rows * this.classes;
    const { out, signal } = options;
    if (out !== undefined) outputArray("out", out, length, this.#inputs(x));
    if (signal !== undefined && typeof signal?.throwIfAborted !== "function") {
      throw new TypeError(`signal must be an AbortSignal, got ${describe(signal)}`);
    }
    signal?.throwIfAborted();
    const { scale, bias } = this.#parameters();
    const parameters = { scale, bias: bias?.slice() ?? null };
    const logits = new Float32Array(length);
    const kernels = this.weights === null ? this.#kernels : this.#snapshot(this.weights);
    const run = kernels.forwardAsync ?? slicedForward(kernels, this.settings);
    const copy = input.type === "float32" ? input.array.slice() : this.#decoder.all(input);
    await run(copy, parameters, logits, signal);
    signal?.throwIfAborted();
    if (out === undefined) return logits;
    const view = outputArray("out", out, length, []);
    view.set(logits);
    return view;
  }

  /**
   * A head with the same settings, scale and parameters, and more classes. The classes there were keep their logits, bit for bit;
   * the bias (and weights) of the new ones start as in a new head. This head stays as it is.
   *
   * @param classes at least as many as this head has
   * @throws RangeError if they are fewer, or more than the code has vectors for
   * @example
   * const more = head.withClasses(head.classes + 1);
   */
  withClasses(classes: number): FixedClassifier {
    checkInteger("classes", classes, this.classes, MAX_CLASSES);
    const { scale, bias } = this.#parameters();
    const head = new FixedClassifier({
      ...this.settings,
      classes,
      scale,
      bias: bias !== null,
      backend: this.backend,
    });
    if (bias !== null) head.bias?.set(bias);
    if (this.weights !== null) head.weights?.set(this.weights);
    return head;
  }

  /**
   * The head as a safetensors file: the tensors `scale`, `bias` and, for the code "learned", `weights`; the settings in the metadata.
   *
   * @example
   * writeFileSync("head.safetensors", head.toSafetensors());
   */
  toSafetensors(): Uint8Array {
    return encodeHead(this.settings, { ...this.#parameters(), weights: this.weights });
  }

  /**
   * The head that {@link toSafetensors} wrote: the same logits, bit for bit, on every backend.
   *
   * @throws TypeError if `bytes` is no Uint8Array
   * @throws RangeError if the file is truncated, damaged, of another kind or from a newer version
   * @example
   * const head = FixedClassifier.fromSafetensors(readFileSync("head.safetensors"));
   */
  static fromSafetensors(bytes: Uint8Array, options: { backend?: Backend } = {}): FixedClassifier {
    const { settings, scale, bias, weights } = decodeHead(bytes);
    const head = new FixedClassifier({ ...settings, ...options, scale, bias: bias !== null });
    if (bias !== null) head.bias?.set(bias);
    if (weights !== null) head.weights?.set(weights);
    return head;
  }

  #check(x: Features, options: FeatureOptions): FeatureRows {
    return checkFeatures(x, this.features, options);
  }

  #parameters(): HeadParameters {
    if (this.bias !== null && typedArrayLength(this.bias) !== this.classes) {
      throw new TypeError("head.bias is detached: its buffer was transferred; make a new head");
    }
    if (this.weights !== null && typedArrayLength(this.weights) !== this.classes * this.features) {
      throw new TypeError("head.weights is detached: its buffer was transferred; make a new head");
    }
    return { scale: this.#scale, bias: this.bias };
  }

  #inputs(x: Features): (ArrayBufferView | null)[] {
    return [x, this.bias, this.weights];
  }

  /** The kernels on a copy of the weights. */
  #snapshot(weights: Float32Array): HeadKernels {
    return this.backend.head({ ...this.code.table, weights: weights.slice() });
  }

  #gradientBuffers(
    rows: number,
    out: GradientOutput | undefined,
    inputs: readonly (ArrayBufferView | null)[],
  ): GradientBuffers {
    const features = outputArray("out.features", out?.features, rows * this.features, inputs);
    const bias = this.bias && outputArray("out.bias", out?.bias, this.classes, inputs);
    const weights =
      this.weights && outputArray("out.weights", out?.weights, this.classes * this.features, inputs);
    const outputs = Object.entries({ features, bias, weights });
    outputs.forEach(([name, array], i) => {
      for (const [other, values] of outputs.slice(i + 1)) {
        if (array !== null && values !== null && overlap(array, values)) {
          throw new RangeError(`out.${name} overlaps out.${other}; use separate arrays`);
        }
      }
    });
    return { features, scale: new Float32Array(rows), bias, weights };
  }

  #gradient({ features, scale, bias, weights }: GradientBuffers): Gradient {
    return { features, scale: this.settings.learnScale ? sum(scale) : null, bias, weights };
  }
}

/** The rows of an output that belong to a chunk of the input. */
function part<T extends Float32Array | Int32Array>(array: T, first: number, end: number, width: number): T {
  const whole = first === 0 && end * width === array.length;
  return whole ? array : (array.subarray(first * width, end * width) as T);
}

/** In float64, in the order of the rows: docs/numerics.md. */
function sum(values: Float32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
