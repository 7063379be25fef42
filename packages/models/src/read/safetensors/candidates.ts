import type { StoredTensor } from "../../containers/safetensors.js";
import type { Candidate } from "../candidate.js";
import { isNameOfLast } from "../choose.js";
import { floatsOf } from "./floats.js";

type Tensors = ReadonlyMap<string, StoredTensor>;

/** PyTorch's `weight` has a row a class, Flax's `kernel` a column a class. */
const MATRIX = /^(?:(.*)([./]))?(weight|kernel)$/;

/** All layers that turn features into numbers with a weight each: matrices, and convolutions of one pixel. */
export function candidatesOf(tensors: Tensors): Candidate[] {
  const candidates: Candidate[] = [];
  const matrices = [...tensors.values()].filter(({ shape }) => shape.length > 1).length;
  for (const tensor of tensors.values()) {
    const [, name = "", dot = "", kind] = MATRIX.exec(tensor.name) ?? [];
    if (kind === undefined || !isMatrix(tensor, kind === "weight")) continue;
    const classesFirst = kind === "weight";
    const [rows, columns] = tensor.shape.filter((_, axis) =>
      classesFirst ? axis < 2 : axis >= tensor.shape.length - 2,
    );
    const [classes, features] = classesFirst ? [rows, columns] : [columns, rows];
    // Without a bias most matrices are embeddings or parts of attention: only by its name, or all alone, is one a last layer.
    const bias = tensors.get(`${name}${dot}bias`);
    if (
      bias === undefined
        ? !(isNameOfLast(name) || matrices === 1)
        : bias.shape.length !== 1 || bias.shape[0] !== classes
    )
      continue;
    candidates.push({
      name,
      classes,
      features,
      weights: floatsOf(tensor),
      classesFirst,
      bias: bias === undefined ? null : floatsOf(bias),
    });
  }
  return candidates;
}

/** Beyond the first two axes, or for Flax before the last two, all is 1: a convolution of one pixel is a matrix. */
function isMatrix({ shape }: StoredTensor, fromTheFront: boolean): boolean {
  if (shape.length < 2 || shape.includes(0)) return false;
  const others = fromTheFront ? shape.slice(2) : shape.slice(0, -2);
  return others.every((size) => size === 1);
}
