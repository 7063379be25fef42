/** What `fromDense` is given, checked. */

import type { Backend } from "../backends/backend.js";
import { checkArray, checkBoolean, checkFinite, checkOneOf, describe, typedArrayName } from "../checks.js";
import type { CodeOptions } from "../codes/index.js";
import type { ProductOptions } from "../codes/product.js";
import { readOptions } from "../options.js";
import { checkOptions, type HeadSettings } from "./options.js";

/** A trained dense layer, z = W·x + b. */
export interface DenseLayer {
  /** Width N of a row of features. */
  features: number;
  /** Number C of classes. */
  classes: number;
  /** W, classes × features, finite. It is copied. */
  weights: Float32Array;
  /** b, one value a class, finite, or −∞ for a class that is masked. Default: none. */
  bias?: Float32Array | null;
}

/**
 * Rows × features of the dense layer, in one array or in pieces of any number of rows, which may come over time: 2 rows at least. The same
 * rows give the same bits however they are cut. They are read over time too, and must stay as they are until the promise is settled.
 */
export type CalibrationRows = Float32Array | Iterable<Float32Array> | AsyncIterable<Float32Array>;

/** The code of a head that `fromDense` makes: log2(2·width)·stages/width bits a weight. */
export interface FromDenseCode extends Pick<ProductOptions, "width" | "stages" | "seed"> {
  /** No other code has class vectors that can be chosen. */
  name: "product";
  /** The seed of a {@link rotation} of the features, or `false`: none. Default 0. */
  rotation?: number | false;
}

/** Options of `fromDense`. */
export interface FromDenseOptions {
  /** The code, or its name alone for one stage of width 4. */
  code: "product" | FromDenseCode;
  /**
   * What the features are like. They need no labels; rows that the layer was trained on will do, a thousand or more. Default: none; then
   * each sub-vector is rounded by itself, which keeps less, and the bias stays as it is.
   */
  calibration?: CalibrationRows | null;
  /**
   * What is added to the diagonal of the features' covariance, as a part of the mean of the diagonal, above 0 and at most 10⁶: the more, the less the
   * calibration rows are trusted. Default: from the rows, by Ledoit and Wolf, and 0.2.
   */
  damping?: number | null;
  /**
   * Whether each class's vector is improved afterwards by the calibration rows that the layer is not sure of for it. It is worth it from some
   * twenty rows a class on, and keeps the rows and as many logits in memory. Default false.
   */
  refine?: boolean | null;
  /**
   * Whether the head keeps W in float16, and b, beside the code: 2 bytes a weight, for `topK` with `rerank`. W must be below 65,520 then.
   * Default false.
   */
  originals?: boolean | null;
  /** The backend that computes. Default: the fastest that loads. The head has the same bits on all of them. */
  backend?: Backend;
}

/** Both, checked. */
export interface CheckedDense {
  readonly features: number;
  readonly classes: number;
  readonly weights: Float32Array;
  readonly bias: Float32Array | null;
  /** With the originals, if they are kept. */
  readonly code: Readonly<Required<Omit<FromDenseCode, "name">>>;
  /** Null: none are given. */
  readonly calibration: Iterable<unknown> | AsyncIterable<unknown> | null;
  /** Null: from the rows. */
  readonly damping: number | null;
  readonly refine: boolean;
  readonly backend: Backend;
}

/** Sums of rotated values and of their fourth powers stay finite below it. */
const LARGE = 2 ** 100;
/** Of more rounding errors are all that is left. */
const MAX_DAMPING = 1e6;
/** Entries of an array that refining makes: 1 GiB. */
const MAX_REFINED = 2 ** 28;
/** Of more the covariance would take above 2 GiB. */
const MAX_CALIBRATED_FEATURES = 2 ** 14;

export function checkDense(layer: DenseLayer, options: FromDenseOptions): CheckedDense {
  if (typeof layer !== "object" || layer === null) {
    throw new TypeError(`layer must be an object with features, classes and weights, got ${describe(layer)}`);
  }
  const {
    features,
    classes,
    weights,
    bias = null,
  } = readOptions("layer", layer, ["features", "classes", "weights", "bias"]);
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`options must be an object with code, got ${describe(options)}`);
  }
  const given = readOptions("fromDense", options, [
    "code",
    "calibration",
    "damping",
    "refine",
    "originals",
    "backend",
  ]);
  const own = { rotation: 0, ...readCode(given.code), name: "product", normalised: false } as const;
  // What is undefined is not given.
  const made = checkOptions({ features, classes, code: own, backend: given.backend as Backend });
  checkWeights(weights, classes, features);
  if (bias !== null) checkBias(bias, classes);
  const { originals = false, refine = false } = given;
  checkBoolean("originals", originals);
  const calibration = given.calibration === undefined ? null : checkCalibration(given.calibration, features);
  checkBoolean("refine", refine);
  if (refine && calibration === null)
    throw new TypeError("refine is by calibration rows, and there are none");
  if (refine && weights.length > MAX_REFINED)
    throw new RangeError(
      `refine is for weights of at most ${MAX_REFINED} elements, got ${weights.length}; leave it out`,
    );
  return {
    features,
    classes,
    weights: weights.slice(),
    bias: bias?.slice() ?? null,
    code: (originals ? withOriginals(made.settings, weights, bias) : made.settings)
      .code as CheckedDense["code"],
    calibration,
    damping: given.damping === undefined ? null : checkDamping(given.damping, calibration),
    refine,
    backend: made.backend,
  };
}

function readCode(code: unknown): Partial<CheckedDense["code"]> {
  const { name, ...own } = (typeof code === "object" && code !== null ? code : { name: code }) as {
    name: unknown;
  };
  checkOneOf("code", name, ["product"]);
  return readOptions("code of fromDense", own, ["width", "stages", "rotation", "seed"]);
}

/** Masked classes are not scored again: their bias there is of no use, and must be finite. */
function withOriginals(
  settings: HeadSettings,
  weights: Float32Array,
  bias: Float32Array | null,
): HeadSettings {
  const finite = bias?.map((value) => (value === -Infinity ? 0 : value)) ?? null;
  const code = { ...settings.code, originals: { weights, bias: finite } } as CodeOptions;
  return checkOptions({ ...settings, code }).settings;
}

function checkWeights(weights: unknown, classes: number, features: number): asserts weights is Float32Array {
  checkArray("weights", weights, "Float32Array");
  if (weights.length !== classes * features) {
    throw new RangeError(
      `weights has ${weights.length} elements, ${classes} classes × ${features} features are needed`,
    );
  }
  checkRow("weights of class", weights, features, 0);
}

function checkBias(bias: unknown, classes: number): asserts bias is Float32Array {
  checkArray("bias", bias, "Float32Array");
  if (bias.length !== classes) {
    throw new RangeError(`bias has ${bias.length} elements for ${classes} classes: one a class is needed`);
  }
  const at = bias.findIndex((value) => !(value < LARGE && (value > -LARGE || value === -Infinity)));
  if (at >= 0) {
    throw new RangeError(
      `bias must be finite and below 2^100, or -Infinity; that of class ${at} is ${bias[at]}`,
    );
  }
}

function checkCalibration(calibration: unknown, features: number): CheckedDense["calibration"] {
  if (features > MAX_CALIBRATED_FEATURES) {
    throw new RangeError(
      `calibration is for at most ${MAX_CALIBRATED_FEATURES} features, got ${features}; leave it out`,
    );
  }
  const pieces = calibration as Iterable<unknown> & AsyncIterable<unknown>;
  if (typedArrayName(calibration) === undefined) {
    if (typeof pieces === "object" && (pieces[Symbol.iterator] ?? pieces[Symbol.asyncIterator]) !== undefined)
      return pieces;
    throw new TypeError(
      `calibration must be a Float32Array or give Float32Arrays one after the other, got ${describe(calibration)}`,
    );
  }
  checkArray("calibration", calibration, "Float32Array");
  return [calibration];
}

function checkDamping(damping: unknown, calibration: CheckedDense["calibration"]): number {
  checkFinite("damping", damping);
  if (damping <= 0 || damping > MAX_DAMPING)
    throw new RangeError(`damping must be above 0 and at most ${MAX_DAMPING}, got ${damping}`);
  if (calibration === null) throw new TypeError("damping is for calibration rows, and there are none");
  return damping;
}

/** A piece of calibration rows. */
export function checkPiece(piece: unknown, index: number, features: number): Float32Array {
  const what = `piece ${index} of calibration`;
  checkArray(what, piece, "Float32Array");
  if (piece.length % features !== 0) {
    throw new RangeError(
      `${what} has ${piece.length} elements, no whole number of rows of ${features} features`,
    );
  }
  return piece;
}

/** A piece that had `length` elements before a pause. */
export function checkUnchanged(piece: Float32Array, index: number, length: number): void {
  if (piece.length === length) return;
  throw new TypeError(
    `piece ${index} of calibration was transferred or resized; leave it as it is until the promise is settled`,
  );
}

/** Rows of a piece, of which `before` came before. */
export function checkCalibrationRows(rows: Float32Array, before: number, features: number): void {
  checkRow("calibration row", rows, features, before);
}

/** The layer's probabilities for the rows are one array. */
export function checkRefinedRows(rows: number, classes: number): void {
  if (rows * classes <= MAX_REFINED) return;
  throw new RangeError(
    `refine is for at most ${MAX_REFINED} probabilities, ${Math.floor(MAX_REFINED / classes)} rows of ${classes} classes; ` +
      "give fewer calibration rows",
  );
}

function checkRow(what: string, values: Float32Array, features: number, before: number): void {
  for (let k = 0; k < values.length; k++) {
    const value = values[k] as number;
    if (value < LARGE && value > -LARGE) continue;
    throw new RangeError(
      `${what} ${before + Math.floor(k / features)} must be finite and below 2^100: feature ${k % features} is ${value}`,
    );
  }
}
