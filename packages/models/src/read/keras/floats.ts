import type { Hdf5Dataset } from "../../containers/hdf5.js";
import type { StoredType } from "../../last-layer.js";
import { Problem } from "../../problem.js";
import { toFloat32 } from "../../tensors/index.js";
import type { Floats } from "../candidate.js";

const TYPES: Readonly<Record<number, StoredType>> = { 2: "float16", 4: "float32", 8: "float64" };

/** A dataset as numbers. What the layer is made of is checked after the file is closed, so they are read at once. */
export function floatsOf(dataset: Hdf5Dataset, place: string): Floats {
  const { path, kind, size, shape } = dataset;
  // HDF5 has no bfloat16: Keras keeps its bits as integers, and says so.
  const isBrain = kind === "integer" && size === 2 && dataset.text("dtype") === "bfloat16";
  const type = isBrain ? "bfloat16" : kind === "float" ? TYPES[size] : undefined;
  if (type === undefined)
    throw new Problem(
      `${place}: ${path} holds no floating-point numbers; is the model quantised? Take it as it was before`,
    );
  return { name: path, shape, type, read: () => toFloat32(dataset.read(), type) };
}
