/** How the numbers of a tensor are kept in a file. */
export type StoredType = "float32" | "float16" | "bfloat16" | "float64";

/** The last layer of a trained classifier as a file has it: z = W·x + b, a row of W a class. */
export interface LastLayer {
  readonly features: number;
  readonly classes: number;
  /** Classes × features, whatever way round the file has them. */
  readonly weights: Float32Array;
  /** A number a class, or null where the layer adds nothing. */
  readonly bias: Float32Array | null;
  /** Where it was found, for people: the file, its format, the names of the tensors or nodes, the type of the weights. */
  readonly origin: LayerOrigin;
  /** Set where W is ±s·H of the authors' module and the features are brought to length 1: z = scale·⟨h_c, x̂⟩ + b. */
  readonly hadamard: AuthorsForm | null;
  /** Names of the classes, where the model has them. */
  readonly classNames: readonly string[] | null;
}

export interface LayerOrigin {
  readonly file: string;
  readonly format: string;
  readonly weights: string;
  readonly bias: string | null;
  readonly storedType: StoredType;
}

/** w[i,j] = (−1)^popcount(i & j), i a class and j a feature; `scale` with the sign that multiplies it. */
export interface AuthorsForm {
  readonly scale: number;
}
