/** What the layer takes: settings of a head, options of every layer, and those of a dense layer that are of its bias and its output. */

import * as tf from "@tensorflow/tfjs";
import { checkBoolean, checkInteger, checkOneOf, describe } from "../../checks.js";
import { MAX_CLASSES } from "../../codes/code.js";
import type { FixedClassifierOptions } from "../../index.js";
import { readOptions } from "../../options.js";

/** Options of every layer of TensorFlow.js. */
export type LayerArgs = NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>;

const DENSE_OPTIONS = ["activation", "biasInitializer", "biasRegularizer", "biasConstraint"] as const;
type DenseOption = (typeof DENSE_OPTIONS)[number];
type DenseArgs = Pick<Parameters<typeof tf.layers.dense>[0], DenseOption | "inputDim">;

type ProductCode = Extract<FixedClassifierOptions["code"], { name: "product" }>;

/**
 * The code "product" whose vectors the layer learns: it keeps a matrix of classes × features, computes with its rounding to signed rows at
 * every call, and gives it the gradient of the rounded vectors. It starts at `weights` or `assignment`, and at random where there are none.
 *
 * @group fixed-classifier/tfjs
 */
export interface LearnedProductOptions extends ProductCode {
  /** Whether the vectors are learned. Default false: they are as they are given. */
  trainable?: boolean;
}

/**
 * Options of {@link FixedClassifier}; those of every layer: `name`, `inputShape`, `trainable`, `weights` …; and of those of
 * `tf.layers.dense` `activation`, which is applied to the logits, `biasInitializer`, `biasRegularizer`, `biasConstraint` and `inputDim`.
 *
 * @group fixed-classifier/tfjs
 */
export interface FixedClassifierLayerArgs
  extends LayerArgs,
    DenseArgs,
    Omit<FixedClassifierOptions, "features" | "code"> {
  /** Default: the size of the last axis of the input. */
  features?: number;
  /** As of {@link FixedClassifier}; of the code "product" the layer can learn the vectors: `{ name: "product", width: 8, trainable: true }`. */
  code?: FixedClassifierOptions["code"] | LearnedProductOptions;
}

/** What {@link FixedClassifierLayer.fromHead} takes: the rest is the head's. */
export type FromHeadArgs = LayerArgs & Omit<DenseArgs, "biasInitializer">;

/** Settings of a head that a saved layer keeps. */
export const SETTINGS = [
  "features",
  "classes",
  "code",
  "bias",
  "scale",
  "learnScale",
  "seed",
  "allowDuplicates",
] as const satisfies (keyof FixedClassifierOptions)[];

const LAYER_OPTIONS = [
  "name",
  "trainable",
  "inputShape",
  "batchInputShape",
  "batchSize",
  "dtype",
  "inputDType",
  "weights",
] as const satisfies (keyof LayerArgs)[];

const SHARED_OPTIONS = [...LAYER_OPTIONS, "inputDim", "activation", "biasRegularizer", "biasConstraint"];
const OPTIONS = [...SETTINGS, "backend", "biasInitializer"];

const NO_KERNEL = "the class vectors are fixed, so there is no kernel";

/** Options of a dense layer that mean nothing here, and what to do. */
const REFUSED: Readonly<Record<string, string>> = {
  units: 'did you mean "classes"?',
  useBias: 'did you mean "bias"?',
  kernelInitializer: `${NO_KERNEL}; the option "code" chooses them`,
  kernelRegularizer: `${NO_KERNEL}; leave it out`,
  kernelConstraint: `${NO_KERNEL}; leave it out`,
  activityRegularizer: "TensorFlow.js applies none to any layer; add the term to the loss",
};

/** A parameter of TensorFlow.js, and as a configuration keeps it. */
interface DensePart<T> {
  readonly value: T;
  readonly config: tf.serialization.ConfigDictValue;
}

/** What TensorFlow.js applies to tensors by the name of an activation. */
export interface Activation {
  apply(x: tf.Tensor): tf.Tensor;
}
export type Initializer = ReturnType<typeof tf.initializers.zeros>;
export type Regularizer = ReturnType<typeof tf.regularizers.l2>;
export type Constraint = ReturnType<typeof tf.constraints.nonNeg>;

export interface DenseParts {
  readonly activation?: DensePart<Activation>;
  readonly biasInitializer?: DensePart<Initializer>;
  readonly biasRegularizer?: DensePart<Regularizer>;
  readonly biasConstraint?: DensePart<Constraint>;
}

/** The options of the layer's head, complete once its input is known. */
export type LayerHeadOptions = Omit<FixedClassifierOptions, "features"> & { features?: number };

export interface CheckedArguments {
  readonly layer: LayerArgs;
  readonly head: LayerHeadOptions;
  readonly dense: DenseParts;
  /** Whether the class vectors are learned. */
  readonly learnsVectors: boolean;
}

/** @throws TypeError or RangeError for what is no option of the layer, or no value of one */
export function checkArguments(args: FixedClassifierLayerArgs): CheckedArguments {
  if (typeof args !== "object" || args === null) {
    throw new TypeError(`a fixed classifier layer needs an object with classes, got ${describe(args)}`);
  }
  const given = read("a fixed classifier layer", args, OPTIONS);
  checkInteger("classes", given.classes, 1, MAX_CLASSES);
  const { code } = given;
  if ((typeof code === "object" ? code?.name : code) === "learned") {
    throw new RangeError('a layer with the code "learned" is tf.layers.dense({ units: classes }): use that');
  }
  const head: Record<string, unknown> = {};
  for (const key of [...SETTINGS, "backend"] as const) if (given[key] !== undefined) head[key] = given[key];
  const learned = readTrainable(code);
  if (learned !== undefined) head.code = learned.code;
  return {
    layer: layerArguments(given),
    head: head as unknown as LayerHeadOptions,
    dense: denseParts(given),
    learnsVectors: learned?.trainable ?? false,
  };
}

/** Options of a code that is learned, and the one value that they have there. */
const LEARNED_PLAIN = [
  ["stages", 1],
  ["normalised", true],
  ["rotation", false],
  ["originals", null],
] as const;

/** The option `trainable` of the code "product", which the layer has and the head has not; undefined if there is none. */
function readTrainable(code: FixedClassifierLayerArgs["code"]) {
  if (typeof code !== "object" || code?.name !== "product" || !("trainable" in code)) return undefined;
  const { trainable, ...own } = code;
  if (trainable !== undefined && trainable !== null) checkBoolean('trainable of code "product"', trainable);
  const learned = trainable ?? false;
  const other = LEARNED_PLAIN.find(([option, plain]) => (own[option] ?? plain) !== plain);
  if (learned && other !== undefined) {
    const [option, plain] = other;
    throw new RangeError(
      `${option} of code "product" must be ${plain} where vectors are learned, got ${describe(own[option])}: it is for weights that were ` +
        "trained without rounding",
    );
  }
  return { code: own, trainable: learned };
}

/** @throws TypeError for options that the head decides */
export const checkFromHead = (args: FromHeadArgs | null | undefined): FromHeadArgs =>
  read("FixedClassifierLayer.fromHead", args, []);

function read<T extends object>(what: string, args: T | null | undefined, more: readonly string[]): T {
  for (const [name, value] of Object.entries(args ?? {})) {
    const hint = Object.hasOwn(REFUSED, name) ? REFUSED[name] : undefined;
    if (hint !== undefined && value !== undefined && value !== null) {
      throw new TypeError(`${what} has no option "${name}": ${hint}`);
    }
  }
  // The configuration of a loaded model may have them as null.
  const names = Object.keys(REFUSED);
  const rest = Object.fromEntries(Object.entries(args ?? {}).filter(([name]) => !names.includes(name)));
  return readOptions(what, rest as T, more, SHARED_OPTIONS);
}

const DTYPES = ["float32", "int32", "bool"] as const;

function layerArguments(given: FixedClassifierLayerArgs): LayerArgs {
  const { name, trainable, dtype, inputDType, weights, inputDim } = given;
  if (name !== undefined && typeof name !== "string") {
    throw new TypeError(`name must be a string, got ${describe(name)}`);
  }
  if (trainable !== undefined) checkBoolean("trainable", trainable);
  if (dtype !== undefined) checkOneOf("dtype", dtype, DTYPES);
  if (inputDType !== undefined) checkOneOf("inputDType", inputDType, DTYPES);
  if (weights !== undefined && !(Array.isArray(weights) && weights.every((w) => w instanceof tf.Tensor))) {
    throw new TypeError(`weights must be an array of tensors, got ${describe(weights)}`);
  }
  const layer: Record<string, unknown> = {};
  for (const key of LAYER_OPTIONS) if (given[key] !== undefined) layer[key] = given[key];
  if (inputDim !== undefined) {
    checkInteger("inputDim", inputDim, 1, 2 ** 31 - 1);
    layer.inputShape ??= [inputDim];
  }
  return layer;
}

function denseParts(given: FixedClassifierLayerArgs): DenseParts {
  const parts: Record<string, DensePart<unknown>> = {};
  for (const option of DENSE_OPTIONS) {
    if (given[option] === undefined) continue;
    if (option !== "activation" && given.bias === false) {
      throw new TypeError(`${option} is for the bias, and bias is false: leave one of them out`);
    }
    parts[option] = densePart(option, given[option]);
  }
  return parts as DenseParts;
}

/** What an option means, a name or an object. TensorFlow.js makes it from them for its own layers only, so it is taken from one. */
function densePart(option: DenseOption, value: unknown): DensePart<unknown> {
  if (typeof value !== "string" && (typeof value !== "object" || value === null)) {
    throw new TypeError(`${option} must be a name or an object of TensorFlow.js, got ${describe(value)}`);
  }
  // TensorFlow.js writes into configurations that it reads.
  const own = typeof value === "object" && "className" in value ? structuredClone(value) : value;
  try {
    // With a name, the layer leaves the numbers alone that others are named by.
    const dense = tf.layers.dense({ units: 1, name: option, [option]: own });
    const parts = dense as unknown as Record<DenseOption, unknown>;
    return { value: parts[option], config: dense.getConfig()[option] ?? null };
  } catch (error) {
    throw new RangeError(`${option}: ${(error as Error).message}`);
  }
}
