/** Where a Keras file has the variables of a layer. */

import type { Hdf5Group } from "../../containers/hdf5.js";
import type { Layer, Model } from "./topology.js";

/** Kernel and bias as paths in the file; the bias is null where there is none. */
export interface Variables {
  readonly kernel: string;
  readonly bias: string | null;
}

const CONTAINERS = ["layers", "_layer_checkpoint_dependencies"];

/** As Keras names groups: by the class, since names of layers may differ between two models of the same code. */
const snakeCase = (kind: string): string =>
  kind
    .replace(/\W+/g, "")
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();

/** In `model.weights.h5` of Keras 3: layers are groups, counted by their class; the variables of each are numbered. */
export function numberedVariables(root: Hdf5Group, model: Model, wanted: Layer): Variables | null {
  for (const container of CONTAINERS) {
    const counts = new Map<string, number>();
    for (const layer of model.layers) {
      const kind = snakeCase(layer.kind);
      const count = counts.get(kind) ?? 0;
      counts.set(kind, count + 1);
      const path = `${container}/${count === 0 ? kind : `${kind}_${count}`}`;
      if (layer !== wanted && layer.inner === null) continue;
      const group = root.group(path);
      if (group === null) continue;
      if (layer === wanted) return ofGroup(group);
      const inner = layer.inner === null ? null : numberedVariables(group, layer.inner, wanted);
      if (inner !== null) return inner;
    }
  }
  return null;
}

export function ofGroup(group: Hdf5Group): Variables | null {
  const variables = group.group("vars");
  if (variables?.dataset("0") == null) return null;
  return {
    kernel: `${variables.path}/0`,
    bias: variables.dataset("1") === null ? null : `${variables.path}/1`,
  };
}

/** A list of texts: one attribute, or several that continue each other where it is large; null where there is none. */
export function textsOf(group: Hdf5Group | null, attribute: string): readonly string[] | null {
  const { texts = {} } = group ?? {};
  const count = Object.keys(texts).length;
  const names = [attribute, ...Array.from({ length: count }, (_, i) => `${attribute}${i}`)];
  const found = names.filter((name) => Object.hasOwn(texts, name));
  return found.length === 0 ? null : found.flatMap((name) => texts[name]).map(String);
}

/** In `.h5` of Keras 1 to 3: each layer of the model lists the names of its weights, those of models in it too. */
export function namedVariables(root: Hdf5Group, layer: string): Variables | null {
  for (const name of textsOf(root, "layer_names") ?? root.names()) {
    const group = root.group(name);
    const weights = textsOf(group, "weight_names") ?? [];
    const find = (kind: string): string | null => {
      const found = weights.find((weight) => `/${weight}`.replace(/:0$/, "").endsWith(`/${layer}/${kind}`));
      return found === undefined || !group?.dataset(found) ? null : `${group.path}/${found}`;
    };
    const kernel = find("kernel");
    if (kernel !== null) return { kernel, bias: find("bias") };
  }
  return null;
}
