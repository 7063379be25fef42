import type { Backend, HeadKernels, HeadParameters } from "./backends/backend.js";
import { checkArray, checkClasses, checkInteger, checkLabels, checkRows, outputArray } from "./checks.js";
import type { ClassCode } from "./codes/code.js";
import { checkFeatures, FeatureDecoder, type FeatureOptions, type Features, partOf } from "./features.js";
import { checkSignal, runAsync } from "./head/async.js";
import { decodeHead, encodeHead } from "./head/file.js";
import {
  checkGradLogits,
  type Gradient,
  type GradientOutput,
  gradientBuffers,
  toGradient,
} from "./head/gradients.js";
import {
  checkLoss,
  type Labels,
  type LossAndGradient,
  type LossOptions,
  type Reduction,
  runLoss,
} from "./head/loss.js";
import { checkOptions, type FixedClassifierOptions, type HeadSettings, MAX_CLASSES } from "./head/options.js";
import { checkParameters, checkScale, copyParameters } from "./head/parameters.js";
import { planForward } from "./head/plan.js";
import type { TopK } from "./head/top-k.js";
import { type DenseTable, isNormalised } from "./table.js";

/**
 * The last layer of a classifier without its weights:
 *
 *     z_c = s · ⟨w_c, x / (‖x‖ + 1e-8)⟩ + b_c
 *
 * with fixed class vectors w_c from a Hadamard matrix, one learned scale s and a learned bias b (Hoffer, Hubara and Soudry, *Fix your
 * classifier*, ICLR 2018, section 3). Methods take any number of rows of {@link Features}. They throw a TypeError or RangeError, before
 * anything is written, for arrays, options and shapes that do not fit. The examples of the methods go on from this one.
 *
 * @example
 * const head = new FixedClassifier({ features: 64, classes: 10 });
 * const x = new Float32Array(2 * 64).fill(1); // two rows
 */
export class FixedClassifier {
  /** What a head of the same class vectors is made from. */
  readonly settings: HeadSettings;
  /** The class code in use: its order, blocks and coherence. */
  readonly code: ClassCode;
  /** One value a class, to be written by the user's optimiser; null without bias. */
  readonly bias: Float32Array | null;
  /** classes × features, to be written by the user's optimiser; null but for the code "learned". */
  readonly weights: Float32Array | null;
  /** The backend that computes. */
  readonly backend: Backend;
  #scale = 0;
  readonly #kernels: HeadKernels;
  readonly #decoder: FeatureDecoder;

  /**
   * @throws TypeError for an option of the wrong type
   * @throws RangeError for an option out of range, or classes that the code has no vectors for
   */
  constructor(options: FixedClassifierOptions) {
    const { settings, code, bias, scale, backend } = checkOptions(options);
    this.settings = settings;
    this.code = code;
    this.bias = bias ? code.initialBias() : null;
    const { table } = code;
    const normalised = isNormalised(table);
    this.weights = table.kind === "dense" && !normalised ? table.weights : null;
    this.scale = scale;
    this.backend = backend;
    this.#kernels = backend.head(table);
    this.#decoder = new FeatureDecoder(settings.features, normalised, backend);
  }

  /** Width N of a row of features. */
  get features(): number {
    return this.settings.features;
  }

  /** Number C of classes. */
  get classes(): number {
    return this.settings.classes;
  }

  /** The learned scale s: a finite number, kept in float32; always 1 for the code "learned". */
  get scale(): number {
    return this.#scale;
  }

  /** A TypeError or RangeError is thrown for what is no such number. */
  set scale(value: number) {
    const scale = checkScale(value);
    if (this.weights !== null && value !== 1) {
      throw new RangeError(`code "${this.code.name}" has no scale, it is always 1; got ${value}`);
    }
    this.#scale = scale;
  }

  /**
   * Logits of every row.
   *
   * @param x rows × features
   * @param options `out`: an array to write to instead of a new one; at least rows × classes, not overlapping x
   * @returns rows × classes
   * @example
   * const logits = head.forward(x); // Float32Array of 2 × 10
   * const half = head.forward(new Uint16Array(64).fill(0x3f80), { type: "bfloat16" }); // one row of ones
   */
  forward(x: Features, options: { out?: Float32Array } & FeatureOptions = {}): Float32Array {
    const input = checkFeatures(x, this.features, options);
    const out = outputArray("out", options.out, input.rows * this.classes, this.#inputs(x));
    const parameters = this.#parameters();
    for (const slice of this.#decoder.slices(input)) {
      this.#kernels.forward(slice.rows, parameters, partOf(out, slice, this.classes));
    }
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
   * const forward = head.plan(x);
   * const logits = forward(); // of what x holds now; the same array at every call
   */
  plan(x: Float32Array, options: { out?: Float32Array } = {}): () => Float32Array {
    checkArray("x", x, "Float32Array");
    const rows = checkRows("x", x, this.features, "features");
    const out = outputArray("out", options.out, rows * this.classes, this.#inputs(x));
    return planForward(this.#kernels, x, out, () => this.#parameters());
  }

  /**
   * The k classes with the largest logits of every row, best first, without keeping the logits. Ties go to the lowest class; NaN
   * is below everything.
   *
   * @param x rows × features
   * @param k 1 … classes
   * @example
   * const { classes, scores } = head.topK(x, 5);
   */
  topK(x: Features, k: number, options: FeatureOptions = {}): TopK {
    const input = checkFeatures(x, this.features, options);
    checkInteger("k", k, 1, this.classes);
    const classes = new Int32Array(input.rows * k);
    const scores = new Float32Array(input.rows * k);
    const parameters = this.#parameters();
    for (const slice of this.#decoder.slices(input)) {
      this.#kernels.topK(slice.rows, parameters, k, partOf(classes, slice, k), partOf(scores, slice, k));
    }
    return { classes, scores };
  }

  /**
   * Softmax of the logits of every row.
   *
   * @param x rows × features
   * @param options `classes`: only their probabilities are returned, the softmax is over all; `out`: as in {@link forward}
   * @returns rows × classes, or rows × options.classes.length
   * @example
   * const p = head.probabilities(x);
   * const few = head.probabilities(x, { classes: Int32Array.of(3, 7) });
   */
  probabilities(
    x: Features,
    options: { classes?: Int32Array | readonly number[]; out?: Float32Array } & FeatureOptions = {},
  ): Float32Array {
    const input = checkFeatures(x, this.features, options);
    const { classes } = options;
    const chosen = classes === undefined ? null : checkClasses(classes, this.classes);
    const width = chosen?.length ?? this.classes;
    const out = outputArray("out", options.out, input.rows * width, this.#inputs(x));
    const parameters = this.#parameters();
    for (const slice of this.#decoder.slices(input)) {
      const results = partOf(out, slice, width);
      if (chosen === null) this.#kernels.probabilities(slice.rows, parameters, results);
      else this.#kernels.chosenProbabilities(slice.rows, parameters, chosen, results);
    }
    return out;
  }

  /**
   * Gradients of any loss from its gradient by the logits.
   *
   * @param x rows × features, as given to {@link forward}
   * @param gradLogits ∂L/∂z, rows × classes
   * @param options `out`: arrays to write to
   * @example
   * const { features, scale, bias } = head.backward(x, new Float32Array(2 * 10).fill(0.1));
   */
  backward(
    x: Features,
    gradLogits: Float32Array,
    options: { out?: GradientOutput } & FeatureOptions = {},
  ): Gradient {
    const input = checkFeatures(x, this.features, options);
    checkGradLogits(gradLogits, input.rows, this.classes);
    const buffers = gradientBuffers(this, input.rows, options.out, [...this.#inputs(x), gradLogits]);
    this.#kernels.backward(this.#decoder.all(input), this.#parameters(), gradLogits, buffers);
    this.#decoder.unscale(input, buffers.features);
    return toGradient(buffers, this.settings.learnScale);
  }

  /**
   * A loss of the logits against labels, and its gradients: by default the cross-entropy of softmax(logits) in nats, in one pass.
   *
   * @param x rows × features
   * @param labels one class a row
   * @param options `loss`: "cross-entropy" with its option `labelSmoothing`, or "dot-regression" with `target`
   * @example
   * const { loss, gradient } = head.lossAndGradient(x, [3, 7], { labelSmoothing: 0.1 });
   * head.scale -= 0.01 * gradient.scale;
   * const regression = head.lossAndGradient(x, [3, 7], { loss: "dot-regression" });
   */
  lossAndGradient<R extends Reduction = "mean">(
    x: Features,
    labels: Labels,
    options?: LossOptions & { reduction?: R },
  ): LossAndGradient<R extends "none" ? Float32Array : number> {
    const input = checkFeatures(x, this.features, options ?? {});
    const checked = checkLabels(labels, input.rows, this.classes);
    const loss = checkLoss(options, this);
    const buffers = gradientBuffers(this, input.rows, options?.out, this.#inputs(x));
    const x32 = this.#decoder.all(input);
    const value = runLoss(this.#kernels, loss, x32, this.#parameters(), checked, buffers, this.classes);
    this.#decoder.unscale(input, buffers.features);
    const gradient = toGradient(buffers, this.settings.learnScale);
    return { loss: value as R extends "none" ? Float32Array : number, gradient };
  }

  /**
   * {@link forward} off the event loop: on another thread with the native backend, otherwise in slices between which other events
   * run. Works on a copy of x and of the parameters, taken when it is called.
   *
   * @param options `out`: as in forward, written when the work is done; `signal`: aborts the call, the promise is rejected with its reason
   * @example
   * const logits = await head.forwardAsync(x, { signal: AbortSignal.timeout(1000) });
   */
  async forwardAsync(
    x: Features,
    options: { out?: Float32Array; signal?: AbortSignal } & FeatureOptions = {},
  ): Promise<Float32Array> {
    const input = checkFeatures(x, this.features, options);
    const length = input.rows * this.classes;
    const { out, signal } = options;
    if (out !== undefined) outputArray("out", out, length, this.#inputs(x));
    checkSignal(signal);
    signal?.throwIfAborted();
    const { scale, bias } = this.#parameters();
    const parameters = { scale, bias: bias?.slice() ?? null };
    const kernels = this.weights === null ? this.#kernels : this.#snapshot(this.weights);
    const copy = input.type === "float32" ? input.array.slice() : this.#decoder.all(input);
    const logits = await runAsync(kernels, this.settings, copy, parameters, signal);
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
    const { settings, backend } = this;
    const head = new FixedClassifier({ ...settings, classes, scale, bias: bias !== null, backend });
    copyParameters(this, head);
    return head;
  }

  /**
   * The head as a safetensors file (docs/file-format.md): `scale`, `bias`, for "learned" `weights`; settings in the metadata.
   * @example
   * writeFileSync("head.safetensors", head.toSafetensors());
   */
  toSafetensors(): Uint8Array {
    return encodeHead(this.settings, { ...this.#parameters(), weights: this.weights });
  }

  /**
   * The head that {@link toSafetensors} wrote: the same logits, bit for bit, on every backend. `options.backend` computes.
   * @throws TypeError if `bytes` is no Uint8Array
   * @throws RangeError if the file is truncated, damaged, of another kind or from a newer version
   * @example
   * const same = FixedClassifier.fromSafetensors(readFileSync("head.safetensors"));
   */
  static fromSafetensors(bytes: Uint8Array, options: { backend?: Backend } = {}): FixedClassifier {
    const decoded = decodeHead(bytes);
    const { settings, scale, bias } = decoded;
    const head = new FixedClassifier({ ...settings, ...options, scale, bias: bias !== null });
    copyParameters(decoded, head);
    return head;
  }

  #parameters(): HeadParameters {
    return checkParameters(this, this.#scale);
  }

  #inputs(x: Features): (ArrayBufferView | null)[] {
    return [x, this.bias, this.weights];
  }

  /** The kernels on a copy of the weights. */
  #snapshot(weights: Float32Array): HeadKernels {
    return this.backend.head({ ...(this.code.table as DenseTable), weights: weights.slice() });
  }
}
