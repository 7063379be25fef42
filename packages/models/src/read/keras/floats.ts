import type { Hdf5Dataset, Hdf5File } from "../../containers/hdf5.js";
import type { StoredType } from "../../last-layer.js";
import { Problem } from "../../problem.js";
import { toFloat32 } from "../../tensors/index.js";
import type { Candidate, CandidateOf, Floats } from "../candidate.js";

const TYPES: Readonly<Record<number, StoredType>> = { 2: "float16", 4: "float32", 8: "float64" };

/** A dataset as numbers, to be read by {@link loaded}. */
export interface StoredFloats extends Omit<Floats, "read"> {
  readonly dataset: Hdf5Dataset;
}

export function floatsOf(dataset: Hdf5Dataset, place: string): StoredFloats {
  const { path, kind, size, shape, texts } = dataset;
  // HDF5 has no bfloat16: Keras keeps its bits as integers, and says so.
  const isBrain = kind === "integer" && size === 2 && [texts.dtype].flat()[0] === "bfloat16";
  const type = isBrain ? "bfloat16" : kind === "float" ? TYPES[size] : undefined;
  if (type === undefined) {
    throw new Problem(
      `${place}: ${path} holds no floating-point numbers; is the model quantised? Take it as it was before`,
    );
  }
  return { name: path, shape, type, dataset };
}

/** Where what a layer has is read only after it is chosen. */
export type StoredCandidate = CandidateOf<StoredFloats>;

export async function loaded(
  file: Hdf5File,
  { weights, bias, ...rest }: StoredCandidate,
): Promise<Candidate> {
  const load = async ({ dataset, ...floats }: StoredFloats): Promise<Floats> => {
    const bytes = await file.read(dataset);
    return { ...floats, read: () => toFloat32(bytes, floats.type) };
  };
  return { ...rest, weights: await load(weights), bias: bias && (await load(bias)) };
}
