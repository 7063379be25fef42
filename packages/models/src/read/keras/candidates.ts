/** What could be the last layer of weights without a configuration. */

import type { Hdf5Group } from "../../containers/hdf5.js";
import { floatsOf, type StoredCandidate } from "./floats.js";
import { ofGroup, textsOf, type Variables } from "./variables.js";

/** A group of a dense layer, as Keras 3 counts them. */
const DENSE = /^dense(?:_(\d+))?$/;

export function candidatesOf(root: Hdf5Group, place: string): StoredCandidate[] {
  const layers = root.group("layers") ?? root.group("_layer_checkpoint_dependencies");
  if (layers !== null) return numbered(root, layers, place);
  const names = textsOf(root, "layer_names");
  return names === null ? [] : ofLast(root, names, place);
}

/** All dense layers by their numbers, from which the choice is as that among named tensors. */
function numbered(root: Hdf5Group, layers: Hdf5Group, place: string): StoredCandidate[] {
  return layers.names().flatMap((name) => {
    const [, number = "0"] = DENSE.exec(name) ?? [];
    const group = DENSE.test(name) ? layers.group(name) : null;
    const variables = group && ofGroup(group);
    return variables === null ? [] : candidate(root, `dense.${number}`, variables, place);
  });
}

/** Keras before version 3 keeps the order of layers: the last one that has weights. */
function ofLast(root: Hdf5Group, names: readonly string[], place: string): StoredCandidate[] {
  for (const name of names.toReversed()) {
    const weights = textsOf(root.group(name), "weight_names") ?? [];
    if (weights.length === 0) continue;
    const kernel = weights.findLast((weight) => /(?:^|\/)kernel(?::0)?$/.test(weight));
    if (kernel === undefined) return [];
    const bias = weights.find((weight) => weight === kernel.replace(/kernel(?=(?::0)?$)/, "bias"));
    const variables = { kernel: `${name}/${kernel}`, bias: bias === undefined ? null : `${name}/${bias}` };
    return candidate(root, name, variables, place);
  }
  return [];
}

/** Where the shapes are those of a dense layer, or of a convolution of one pixel. */
function candidate(
  root: Hdf5Group,
  name: string,
  { kernel, bias }: Variables,
  place: string,
): StoredCandidate[] {
  const matrix = root.dataset(kernel);
  const row = bias === null ? null : root.dataset(bias);
  if (matrix === null || matrix.shape.length < 2 || matrix.shape.slice(0, -2).some((size) => size !== 1))
    return [];
  const [features, classes] = matrix.shape.slice(-2);
  if (row !== null && (row.shape.length !== 1 || row.shape[0] !== classes)) return [];
  return [
    {
      name,
      classes,
      features,
      weights: floatsOf(matrix, place),
      classesFirst: false,
      bias: row && floatsOf(row, place),
    },
  ];
}
