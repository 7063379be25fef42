/** Which layer of a Keras model is the last one, by its configuration; TensorFlow.js writes the same. */

import { isObject, type JsonObject } from "../../containers/json.js";
import { Problem } from "../../problem.js";

export interface Layer {
  readonly name: string;
  readonly kind: string;
  readonly config: JsonObject;
  /** Of a model in a model; null for a plain layer. */
  readonly inner: Model | null;
  /** The layers before it. */
  readonly inputs: readonly string[];
}

/** Layers in the order of the file. */
export interface Model {
  readonly layers: readonly Layer[];
  /** The names of the layers whose output is that of the model. */
  readonly outputs: readonly string[];
}

/** @param place the file, for messages */
export function readModel(spec: unknown, place: string): Model {
  if (!isObject(spec) || typeof spec.class_name !== "string")
    throw new Problem(`${place} has no configuration of a model. Save the whole model, not only its weights`);
  const { class_name: kind, config } = spec;
  const list = isObject(config) ? config.layers : config;
  if (!Array.isArray(list) || list.length === 0)
    throw new Problem(
      `${place}: the model is a ${kind} without a list of layers; only Sequential and functional models are read`,
    );
  const layers = list.map((layer, i) => readLayer(layer, i, place));
  const isSequence = kind === "Sequential" || !isObject(config) || config.output_layers === undefined;
  return isSequence
    ? {
        layers: layers.map((layer, i) => ({ ...layer, inputs: i === 0 ? [] : [layers[i - 1].name] })),
        outputs: [layers[layers.length - 1].name],
      }
    : { layers, outputs: layersOf(config.output_layers) };
}

function readLayer(spec: unknown, index: number, place: string): Layer {
  if (!isObject(spec) || typeof spec.class_name !== "string" || !isObject(spec.config))
    throw new Problem(`${place}: layer ${index} has no class_name and config`);
  const { class_name: kind, config } = spec;
  const name = spec.name ?? config.name ?? `layer ${index}`;
  return {
    name: String(name),
    kind,
    config,
    inner: Array.isArray(config.layers) ? readModel(spec, place) : null,
    inputs: layersOf(spec.inbound_nodes),
  };
}

/** The names in `["name", 0, 0]`, however deep: Keras 2 and 3 and TensorFlow.js nest them differently. */
function layersOf(value: unknown): string[] {
  if (Array.isArray(value))
    return typeof value[0] === "string" && typeof value[1] === "number"
      ? [value[0]]
      : value.flatMap(layersOf);
  return isObject(value) ? Object.values(value).flatMap(layersOf) : [];
}

/** After the last layer these change neither the order of classes nor what is learned. */
const PASSED = new Set([
  "Softmax",
  "Dropout",
  "SpatialDropout1D",
  "SpatialDropout2D",
  "Flatten",
  "Reshape",
  "Identity",
  "GaussianNoise",
]);
/** The mean of a linear function is that of the mean. */
const MEANS = new Set(["GlobalAveragePooling1D", "GlobalAveragePooling2D"]);
const LINEAR = new Set(["linear", "none"]);
const ORDERED = new Set([...LINEAR, "softmax", "log_softmax", "sigmoid"]);

/**
 * The dense layer, or convolution of one pixel, that the output comes from.
 *
 * @param wanted the layer by name, where the user says it
 */
export function lastLayer(model: Model, place: string, wanted?: string): Layer {
  if (wanted !== undefined) {
    const named = allLayers(model).find(({ name }) => name === wanted);
    if (named !== undefined) return checked(named, place, false);
    const names = allLayers(model)
      .filter(isDense)
      .slice(-8)
      .map(({ name }) => name)
      .join(", ");
    throw new Problem(`${place} has no layer "${wanted}"; its last dense layers are ${names || "none"}`);
  }
  const outputs = [...new Set(model.outputs)];
  if (outputs.length !== 1) {
    throw new Problem(
      `${place} has ${outputs.length} outputs: ${outputs.join(", ")}. Say which layer is the last, by the option weights: "${outputs[0]}"`,
    );
  }
  return walk(model, outputs[0], place);
}

function walk(model: Model, output: string, place: string): Layer {
  const byName = new Map(model.layers.map((layer) => [layer.name, layer]));
  const seen = new Set<string>();
  let isMean = false;
  for (let at = output; ; ) {
    const layer = byName.get(at);
    if (layer === undefined)
      throw new Problem(`${place}: the model has no layer "${at}", which is part of it by its configuration`);
    if (seen.has(at)) throw new Problem(`${place}: the layers go round in a circle at "${at}"`);
    seen.add(at);
    if (layer.inner !== null) return lastLayer(layer.inner, place);
    if (isDense(layer)) return checked(layer, place, isMean);
    isMean ||= MEANS.has(layer.kind);
    const isPassed =
      PASSED.has(layer.kind) ||
      MEANS.has(layer.kind) ||
      (layer.kind === "Activation" && activationOf(layer, isMean));
    if (!isPassed || layer.inputs.length !== 1) {
      throw new Problem(
        `${place} ends in the layer "${at}", a ${layer.kind}: no dense layer, nor one that is followed by softmax only. Say which is the last by the option weights, or cut the model behind it`,
      );
    }
    at = layer.inputs[0];
  }
}

const allLayers = (model: Model): Layer[] =>
  model.layers.flatMap((layer) => (layer.inner === null ? [layer] : allLayers(layer.inner)));

const DENSE: Readonly<Record<string, number>> = { Dense: 0, Conv1D: 1, Conv2D: 2 };

const isDense = ({ kind }: Layer): boolean => Object.hasOwn(DENSE, kind);

/** Whether the classes keep their order; behind a mean only what is linear does. */
const activationOf = ({ config }: Layer, isMean: boolean): boolean =>
  (isMean ? LINEAR : ORDERED).has(nameOfActivation(config.activation));

function nameOfActivation(value: unknown): string {
  if (value === null || value === undefined) return "linear";
  if (typeof value === "string") return value.toLowerCase();
  if (!isObject(value)) return "unknown";
  return nameOfActivation(typeof value.config === "string" ? value.config : (value.class_name ?? "unknown"));
}

function checked(layer: Layer, place: string, isMean: boolean): Layer {
  const { name, kind, config } = layer;
  const what = `${place}: the layer "${name}"`;
  if (!isDense(layer)) throw new Problem(`${what} is a ${kind}, no dense layer and no convolution`);
  if (!activationOf(layer, isMean)) {
    throw new Problem(
      `${what} has the activation ${nameOfActivation(config.activation)}${isMean ? " before a mean" : ""}, so what it gives are no logits`,
    );
  }
  if (kind === "Dense") return layer;
  const isOne = (value: unknown) => value === undefined || [value].flat().every((size) => size === 1);
  if (!isOne(config.kernel_size) || !isOne(config.strides) || !isOne(config.groups))
    throw new Problem(`${what} is a convolution of more than one pixel, no last layer that can be replaced`);
  return layer;
}

/** How many axes of its kernel stand before the features and classes. */
export const spatialAxes = ({ kind }: Layer): number => DENSE[kind] ?? 0;
