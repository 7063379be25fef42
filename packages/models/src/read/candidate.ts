import type { LastLayer, StoredType } from "../last-layer.js";
import { checkLayerSize } from "../layer-size.js";
import { Problem } from "../problem.js";
import { firstBadBias, firstNotFinite, transposed } from "../tensors/index.js";

/** Numbers of a tensor that are read when they are wanted. */
export interface Floats {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: StoredType;
  /** What floats are made of, where the file has them quantised. */
  readonly quantised?: string;
  read(): Float32Array;
}

/** What could be the last layer of a file: its tensors are not read yet. */
export type Candidate = CandidateOf<Floats>;

export interface CandidateOf<F> {
  /** Of the layer, without the name of the tensor. */
  readonly name: string;
  readonly classes: number;
  readonly features: number;
  readonly weights: F;
  /** Whether a row of the weights is a class; otherwise a column is one. */
  readonly classesFirst: boolean;
  readonly bias: F | null;
}

/** Reads the tensors of a candidate. */
export function layerOf(
  { classes, features, weights, classesFirst, bias }: Candidate,
  file: string,
  format: string,
  classNames: readonly string[] | null = null,
): LastLayer {
  checkLayerSize(file, weights.name, features, classes);
  const values = checked(weights, file, firstNotFinite);
  const kept = weights.quantised === undefined ? format : `${format}, weights as ${weights.quantised}`;
  return {
    features,
    classes,
    weights: classesFirst ? values : transposed(values, features, classes),
    bias: bias && checked(bias, file, firstBadBias),
    origin: { file, format: kept, weights: weights.name, bias: bias?.name ?? null, storedType: weights.type },
    hadamard: null,
    classNames: classNames?.length === classes ? classNames : null,
  };
}

function checked(tensor: Floats, file: string, firstBad: typeof firstNotFinite): Float32Array {
  const values = tensor.read();
  const at = firstBad(values);
  if (at < 0) return values;
  const place = tensor.shape.map((size, axis) => {
    const below = tensor.shape.slice(axis + 1).reduce((product, n) => product * n, 1);
    return Math.floor(at / below) % size;
  });
  throw new Problem(
    `${file}: ${tensor.name}[${place.join(", ")}] is ${values[at]}; its training has diverged, or it does not fit float32. Take an earlier checkpoint`,
  );
}
