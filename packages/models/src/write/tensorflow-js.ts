import { existsSync } from "node:fs";
import { join } from "node:path";
import type { FixedClassifier } from "fixed-classifier";
import { checkClassNames } from "../class-names.js";
import { openBytes } from "../containers/bytes.js";
import { isObject, type JsonObject, readObject } from "../containers/json.js";
import { makeFolder, writeWhole } from "../files.js";
import { Problem } from "../problem.js";
import { float32Bytes } from "../tensors/index.js";

export interface TensorflowJsOptions {
  /** The name of the layer; default: "head". */
  readonly name?: string;
  /** Texts about the model, kept beside it as TensorFlow.js keeps them. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** The names of the classes: the entry `classNames` of these texts, which `model.getUserDefinedMetadata()` gives. */
  readonly classNames?: readonly string[] | null;
}

const CLASS = "FixedClassifierLayer";
const SHARD = "group1-shard1of1.bin";

/**
 * Writes a head as a layers model of TensorFlow.js, model.json and one shard: a single layer of `fixed-classifier/tfjs`, which must be imported
 * where the model is loaded. The layer goes behind a trunk by `tf.sequential({ layers: [trunk, ...model.layers] })`.
 *
 * Written again the head is replaced, and what others have added to model.json stays.
 *
 * @throws Problem for a folder of another model, for the code "learned", which is `tf.layers.dense`, and for a head that is not finite; nothing is written then
 * @example
 * writeTensorflowJs(new FixedClassifier({ features: 1280, classes: 1000 }), "head");
 */
export function writeTensorflowJs(
  head: FixedClassifier,
  folder: string,
  { name = "head", metadata, classNames = null }: TensorflowJsOptions = {},
): void {
  const { settings, scale, bias, features, classes } = head;
  if (settings.code.name === "learned") {
    throw new Problem(
      'a head of the code "learned" has no layer of its own in TensorFlow.js: set its weights, turned, and its bias in tf.layers.dense({ units: classes })',
    );
  }
  checkFinite(head);
  if (classNames !== null) checkClassNames(classNames, classes);
  const kept = keptOf(join(folder, "model.json"));
  const given = metadata ?? kept.userDefinedMetadata;
  const texts = classNames === null ? given : { ...(isObject(given) && given), classNames };
  const weights = [
    { name: `${name}/scale`, shape: [1], values: Float32Array.of(scale) },
    ...(bias === null ? [] : [{ name: `${name}/bias`, shape: [classes], values: bias }]),
  ];
  // TensorFlow.js has weights that are not trained behind those that are.
  if (!settings.learnScale) weights.reverse();
  const config = {
    name,
    trainable: true,
    batch_input_shape: [null, features],
    dtype: "float32",
    ...(plain(settings) as object),
    bias: bias !== null,
    scale,
  };
  const model = {
    ...kept,
    format: "layers-model",
    generatedBy: "fixed-classifier-models",
    convertedBy: null,
    modelTopology: {
      class_name: "Sequential",
      config: { name: "fixed_classifier", layers: [{ class_name: CLASS, config }] },
      keras_version: "tfjs-layers",
      backend: "tensor_flow.js",
    },
    weightsManifest: [
      { paths: [SHARD], weights: weights.map(({ name, shape }) => ({ name, shape, dtype: "float32" })) },
    ],
    ...(texts !== undefined && { userDefinedMetadata: texts }),
  };
  makeFolder(folder);
  writeWhole(
    join(folder, SHARD),
    weights.map(({ values }) => float32Bytes(values)),
  );
  writeWhole(join(folder, "model.json"), JSON.stringify(model));
}

/** What others have put into a model.json of a head. */
function keptOf(path: string): JsonObject {
  if (!existsSync(path)) return {};
  const model = readObject(openBytes(path));
  if (JSON.stringify(model.modelTopology ?? null).includes(`"class_name":"${CLASS}"`)) return model;
  throw new Problem(`${path} is another model, which would be lost. Give another folder`);
}

/** Settings as JSON can hold them: typed arrays as plain ones. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Uint8Array);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

/** Of a layer neither may be −∞ either: training goes on from it. */
function checkFinite({ scale, bias }: FixedClassifier): void {
  if (!Number.isFinite(scale)) throw new Problem(`the head's scale is ${scale}; take an earlier checkpoint`);
  const at = bias?.findIndex((value) => !Number.isFinite(value)) ?? -1;
  if (at >= 0)
    throw new Problem(`the head's bias of class ${at} is ${bias?.[at]}; take an earlier checkpoint`);
}
