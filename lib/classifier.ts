import type { Backend } from "./backends/backend.js";
import { brand } from "./brand.js";
import { checkInteger } from "./checks.js";
import { type ClassCode, MAX_CLASSES } from "./codes/code.js";
import type { Features } from "./features.js";
import { type AsyncOptions, forwardAsync } from "./head/async.js";
import { type BackwardOptions, backward } from "./head/backward.js";
import { type Calibration, type CalibrationOptions, calibrate } from "./head/calibrate.js";
import { HeadCore } from "./head/core.js";
import type { DenseLayer, FromDenseOptions } from "./head/dense-options.js";
import {
  type EnergyGradientOptions,
  type EnergyOptions,
  energy,
  energyAndGradient,
  type LogSumExpGradientOptions,
  type LogSumExpOptions,
  logSumExp,
  logSumExpAndGradient,
  type ValuesAndGradient,
} from "./head/energy.js";
import { encodeHead } from "./head/file.js";
import { fromDense } from "./head/from-dense.js";
import type { Gradient } from "./head/gradients.js";
import { encodeJson, type HeadJson, type JsonOptions } from "./head/json.js";
import type { FileBytes, FileOptions } from "./head/limits.js";
import { forward, type OutputOptions } from "./head/logits.js";
import { type LossAndGradient, type LossOptions, lossAndGradient } from "./head/loss.js";
import type { FixedClassifierOptions, HeadSettings } from "./head/options.js";
import { copyParameters } from "./head/parameters.js";
import { planForward } from "./head/plan.js";
import { type ProbabilityOptions, probabilities } from "./head/probabilities.js";
import { fromJSON, fromSafetensors } from "./head/restore.js";
import { round } from "./head/round.js";
import type { ReducedLoss, Reduction } from "./head/run-loss.js";
import type { Labels } from "./head/targets.js";
import { type TopK, type TopKOptions, topK } from "./head/top-k.js";

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
  readonly #core: HeadCore;

  /** @throws TypeError or RangeError for an option of the wrong type or out of range, or more classes than the code has vectors for */
  constructor(options: FixedClassifierOptions) {
    const core = new HeadCore(options);
    this.#core = core;
    this.settings = core.settings;
    this.code = core.code;
    this.bias = core.bias;
    this.weights = core.weights;
    this.backend = core.backend;
    brand(this);
  }

  /** Width N of a row of features. */
  get features(): number {
    return this.settings.features;
  }

  /** Number C of classes. */
  get classes(): number {
    return this.settings.classes;
  }

  /** The learned scale s, kept in float32; always 1 for the code "learned". Training that diverges may make it NaN or ±Infinity. */
  get scale(): number {
    return this.#core.scale;
  }

  /** A TypeError is thrown for what is no number, a RangeError for a finite one beyond float32. */
  set scale(value: number) {
    this.#core.setScale(value);
  }

  /**
   * Logits of every row.
   * @param x rows × features
   * @param options `out`: an array to write to instead of a new one; at least rows × classes, not overlapping x
   * @returns rows × classes
   * @example
   * const logits = head.forward(x); // Float32Array of 2 × 10
   * const half = head.forward(new Uint16Array(64).fill(0x3f80), { type: "bfloat16" }); // one row of ones
   */
  forward(x: Features, options?: OutputOptions | null): Float32Array {
    return forward(this.#core, x, options);
  }

  /**
   * {@link forward} bound to its arrays: checks them once, and is the cheapest call there is, for a server that answers one row after the
   * other. Takes the features, scale and bias that there are when it is called.
   * @param x rows × features, float32
   * @param options.out as in forward; default: a new array
   * @returns a function that writes the logits to `out` and returns it; it throws a TypeError once an array is detached or its length
   * has changed
   * @example
   * const forward = head.plan(x);
   * const logits = forward(); // of what x holds now; the same array at every call
   */
  plan(x: Float32Array, options?: { out?: Float32Array } | null): () => Float32Array {
    return planForward(this.#core, x, options);
  }

  /**
   * The k classes with the largest logits of every row, best first, without keeping the logits. Ties go to the lowest class, NaN last.
   * @param x rows × features
   * @param k 1 … classes
   * @param options `rerank`: so many of the best of a product code are scored again by its `originals`; `out`: arrays to write to
   * @example
   * const { classes, scores } = head.topK(x, 5);
   */
  topK(x: Features, k: number, options?: TopKOptions | null): TopK {
    return topK(this.#core, x, k, options);
  }

  /**
   * Softmax of the logits of every row.
   * @param x rows × features
   * @param options `classes`: only their probabilities are returned, the softmax is over all; `out`: as in {@link forward}
   * @returns rows × classes, or rows × options.classes.length
   * @example
   * const p = head.probabilities(x);
   * const few = head.probabilities(x, { classes: Int32Array.of(3, 7) });
   */
  probabilities(x: Features, options?: ProbabilityOptions | null): Float32Array {
    return probabilities(this.#core, x, options);
  }

  /**
   * Gradients of any loss from its gradient by the logits.
   * @param x as given to {@link forward}
   * @param gradLogits ∂L/∂z, rows × classes
   * @example
   * const { features, scale, bias } = head.backward(x, new Float32Array(2 * 10).fill(0.1));
   */
  backward(x: Features, gradLogits: Float32Array, options?: BackwardOptions | null): Gradient {
    return backward(this.#core, x, gradLogits, options);
  }

  /**
   * A loss of the logits against labels or soft targets, and its gradients: by default the cross-entropy of softmax(logits) in nats, in
   * one pass.
   * @param x rows × features
   * @param labels one class a row; or soft targets, a Float32Array of rows × classes (mixup, distillation), whose values are not checked
   * @param options `loss`: "cross-entropy" with its options `labelSmoothing`, `classWeights`, `margin` and `angularMargin`, or
   * "dot-regression" with `target`; `ignoreIndex` and `sampleWeights` with every loss
   * @example
   * const { loss, gradient } = head.lossAndGradient(x, [3, 7], { labelSmoothing: 0.1 });
   * head.scale -= 0.01 * gradient.scale;
   * const weighted = head.lossAndGradient(x, [3, -100], { ignoreIndex: -100, classWeights: new Float32Array(10).fill(2) });
   * const regression = head.lossAndGradient(x, [3, 7], { loss: "dot-regression" });
   */
  lossAndGradient<R extends Reduction = "mean">(
    x: Features,
    labels: Labels | Float32Array,
    options?: (LossOptions & { reduction?: R }) | null,
  ): LossAndGradient<ReducedLoss<R>> {
    return lossAndGradient(this.#core, x, labels, options);
  }

  /**
   * ln Σ_c exp z_c of every row, without keeping the logits.
   * @param x rows × features
   * @param options `normalised: false`: of the logits z_c = s·⟨w_c, x⟩ + b_c, in which the length of a row counts; `out`: as in
   * {@link forward}, one element a row
   * @example const sums = head.logSumExp(x);
   */
  logSumExp(x: Features, options?: LogSumExpOptions | null): Float32Array {
    return logSumExp(this.#core, x, options);
  }

  /** {@link logSumExp} with the gradients of the sum over rows. */
  logSumExpAndGradient(x: Features, options?: LogSumExpGradientOptions | null): ValuesAndGradient {
    return logSumExpAndGradient(this.#core, x, options);
  }

  /**
   * The free energy −T·ln Σ_c exp(z_c/T) of every row: the lower, the more the row looks like those that the head was trained on (Liu et
   * al., *Energy-based Out-of-distribution Detection*, NeurIPS 2020).
   * @param options `temperature`: T; `normalised` and `out` as in {@link logSumExp}
   * @example
   * const energies = head.energy(x, { temperature: 1, normalised: false });
   */
  energy(x: Features, options?: EnergyOptions | null): Float32Array {
    return energy(this.#core, x, options);
  }

  /**
   * {@link energy} with the gradients of the sum over rows: with respect to x it is the drift of stochastic gradient Langevin dynamics
   * (Grathwohl et al., *Your classifier is secretly an energy based model*, ICLR 2020).
   * @example
   * const { values, gradient: drift } = head.energyAndGradient(x, { normalised: false });
   * const sample = x.map((value, i) => value - 0.5 * drift.features[i]); // and noise
   */
  energyAndGradient(x: Features, options?: EnergyGradientOptions | null): ValuesAndGradient {
    return energyAndGradient(this.#core, x, options);
  }

  /**
   * Makes the probabilities honest: finds the temperature T at which the cross-entropy of softmax(z/T) on validation data is least, and
   * divides scale and bias by it (for "learned" weights and bias). The order of the classes stays as it is. Where no T has a lower loss,
   * nothing changes (Guo et al., *On Calibration of Modern Neural Networks*, ICML 2017).
   * @param x rows × features that were not trained on
   * @param labels as in {@link lossAndGradient}, and so the options `ignoreIndex` and `sampleWeights`
   * @example
   * const { temperature, before, after } = head.calibrate(x, [3, 7]);
   */
  calibrate(x: Features, labels: Labels | Float32Array, options?: CalibrationOptions | null): Calibration {
    return calibrate(this.#core, x, labels, options);
  }

  /**
   * {@link forward} off the event loop: on another thread with the native backend, otherwise in slices between which other events
   * run. Works on a copy of x and of the parameters, taken when it is called.
   * @param options `out`: as in forward, written when the work is done; `signal`: aborts the call, the promise is rejected with its reason
   * @example
   * const logits = await head.forwardAsync(x, { signal: AbortSignal.timeout(1000) });
   */
  async forwardAsync(x: Features, options?: AsyncOptions | null): Promise<Float32Array> {
    return forwardAsync(this.#core, x, options);
  }

  /**
   * A head with the same settings, scale and parameters, and more classes. Those there were keep their logits, bit for bit; the bias (and
   * weights) of the new ones start as in a new head. This head stays as it is.
   * @throws RangeError for fewer classes than this head has, or more than the code has vectors for
   * @example
   * const more = head.withClasses(head.classes + 1);
   */
  withClasses(classes: number): FixedClassifier {
    checkInteger("classes", classes, this.classes, MAX_CLASSES);
    const { settings, backend } = this;
    const { scale, bias } = this.#core.parameters();
    const head = new FixedClassifier({ ...settings, classes, bias: bias !== null, backend });
    head.scale = scale;
    return copyParameters(this, head);
  }

  /**
   * Class vectors, any number × features, rounded to those that the code "product" can have (docs/codes.md): vectors × sub-vectors, as its
   * option `assignment` takes them.
   * @throws TypeError for a head of another code, RangeError for weights that are not finite
   * @example
   * const assignment = new FixedClassifier({ features: 64, classes: 10, code: "product" }).round(new Float32Array(10 * 64).fill(-1));
   */
  round(weights: Float32Array): Uint8Array {
    return round(this.#core, weights);
  }

  /**
   * The head as a safetensors file (docs/file-format.md): `scale`, `bias`, for "learned" `weights`; settings in the metadata.
   * @throws RangeError if one of them is not finite, with where; -Infinity in a bias masks a class, and is written
   * @example
   * writeFileSync("head.safetensors", head.toSafetensors());
   */
  toSafetensors(): Uint8Array {
    return encodeHead(this.settings, { ...this.#core.parameters(), weights: this.weights });
  }

  /**
   * The head that {@link toSafetensors} wrote: the same logits, bit for bit, on every backend.
   * @param options `codes`, `maxClasses`, `maxFeatures`: what a file may ask for; `backend` computes
   * @throws TypeError for what are no bytes, RangeError for a file that is damaged, newer, no head, not finite, or asks for too much
   * @example
   * const same = FixedClassifier.fromSafetensors(readFileSync("head.safetensors"));
   */
  static fromSafetensors(bytes: FileBytes, options?: FileOptions | null): FixedClassifier {
    return fromSafetensors(FixedClassifier, bytes, options);
  }

  /**
   * The head as plain objects and arrays, which `JSON.stringify`, `structuredClone` and `postMessage` take. Throws as {@link toSafetensors}.
   */
  toJSON(): HeadJson {
    return encodeJson(this.settings, { ...this.#core.parameters(), weights: this.weights });
  }

  /**
   * The head that {@link toJSON} wrote: the same logits, bit for bit, on every backend.
   * @throws TypeError or RangeError for what is no such object, or of a newer version
   * @example
   * const same = FixedClassifier.fromJSON(JSON.parse(JSON.stringify(head)));
   */
  static fromJSON(json: HeadJson, options?: JsonOptions | null): FixedClassifier {
    return fromJSON(FixedClassifier, json, options);
  }

  /**
   * A head of the code "product" that answers as a trained dense layer does, without training: its weights in a bit or two each, rounded with
   * error feedback by what features are like (docs/codes.md). It is rejected with a TypeError or RangeError for what does not fit.
   * @param layer z = W·x + b, W classes × features
   * @example
   * const layer = { features: 64, classes: 10, weights: new Float32Array(10 * 64).fill(0.1) };
   * const rounded = await FixedClassifier.fromDense(layer, { code: { name: "product", width: 8, stages: 2 }, calibration: x });
   */
  static async fromDense(layer: DenseLayer, options: FromDenseOptions): Promise<FixedClassifier> {
    return fromDense(FixedClassifier, layer, options);
  }
}
