import type { Backend, HeadKernels, KernelRows, ReducedType } from "./backends/backend.js";
import { checkArray, checkFinite, checkRows, type Float16Features, typedArrayName } from "./checks.js";
import { halfOf } from "./half.js";
import { SLICE, scratch } from "./scratch.js";

/**
 * Features, rows × features: a Float32Array, or what quantised and half-precision networks put out, which is a Float16Array, a
 * Uint16Array (with the option `type`) or an Int8Array (with the option `featureScale`, if need be).
 */
export type Features = Float32Array | Uint16Array | Int8Array | Float16Features;

/** What the numbers of {@link Features} mean. */
export interface FeatureOptions {
  /** What the bits in a Uint16Array mean; required for one, and only for one. */
  type?: "float16" | "bfloat16";
  /** A positive number f that is finite in float32: the features are the integers of the Int8Array times f. Only for an Int8Array. Default 1. */
  featureScale?: number;
}

/** The names of {@link FeatureOptions}. */
export const FEATURE_OPTIONS = ["type", "featureScale"] as const satisfies (keyof FeatureOptions)[];

interface Float32Rows {
  readonly rows: number;
  readonly scale: number;
  readonly type: "float32";
  readonly array: Float32Array;
}

interface ReducedRows {
  readonly rows: number;
  readonly scale: number;
  readonly type: ReducedType;
  readonly array: Uint16Array | Int8Array;
}

/** Checked features, their reduced types told apart. */
export type FeatureRows = Float32Rows | ReducedRows;

/** Rows `first` to `end` of the features, as kernels take them. */
export interface FeatureSlice {
  readonly rows: KernelRows;
  readonly first: number;
  readonly end: number;
}

export function checkFeatures(x: unknown, width: number, options: FeatureOptions): FeatureRows {
  checkArray("x", x, "Float32Array", "Float16Array", "Uint16Array", "Int8Array");
  const rows = checkRows("x", x, width, "features");
  const { type, featureScale } = options;
  // The name is asked: `instanceof` is false for an array of another realm.
  const name = typedArrayName(x) as string;
  const half = halfOf(x, name, type);
  let scale = 1;
  if (featureScale !== undefined) {
    if (name !== "Int8Array") {
      throw new TypeError(`featureScale is for an Int8Array, and x is of type ${name}: leave it out`);
    }
    checkFinite("featureScale", featureScale);
    scale = Math.fround(featureScale);
    if (!(scale > 0 && scale < Infinity)) {
      throw new RangeError(`featureScale must be positive and finite in float32, got ${featureScale}`);
    }
  }
  if (half !== null) return { rows, scale, type: half.type, array: half.bits };
  if (name === "Int8Array") return { rows, scale, type: "int8", array: x as Int8Array };
  return { rows, scale, type: "float32", array: x as Float32Array };
}

/** What may read features as they are. */
type Reader = Pick<HeadKernels<KernelRows>, "reduced">;

/**
 * Makes checked features float32 for kernels that read nothing else. Where rows are divided by their norm, those of an Int8Array are its
 * integers; elsewhere they are multiplied by their scale: docs/numerics.md.
 */
export class FeatureDecoder {
  readonly #width: number;
  readonly #backend: Backend;
  readonly #normalised: boolean;

  constructor(width: number, normalised: boolean, backend: Backend) {
    this.#width = width;
    this.#normalised = normalised;
    this.#backend = backend;
  }

  /** All rows as float32: the user's own array if it is one. */
  all(x: FeatureRows): Float32Array;
  /** All rows for these kernels. */
  all(x: FeatureRows, kernels: Reader): KernelRows;
  all(x: FeatureRows, kernels?: Reader): KernelRows {
    return this.#given(x, kernels) ?? this.#float32(x as ReducedRows);
  }

  /** Some rows at a time for these kernels, in order. What a slice holds is its own only until the next one. */
  slices(x: FeatureRows, kernels: Reader): Iterable<FeatureSlice> {
    const rows = this.#given(x, kernels);
    return rows === undefined ? this.#decoded(x as ReducedRows) : [{ rows, first: 0, end: x.rows }];
  }

  /** The rows as they are, where these kernels take them so. */
  #given({ type, array, scale }: FeatureRows, kernels?: Reader): KernelRows | undefined {
    if (type === "float32") return array;
    return scale === 1 || this.#normalised ? kernels?.reduced?.(array, type) : undefined;
  }

  #float32({ array, type, scale }: ReducedRows): Float32Array {
    const out = new Float32Array(array.length);
    this.#decode(array, type, scale, out);
    return out;
  }

  *#decoded(x: ReducedRows): Generator<FeatureSlice> {
    const step = Math.max(1, Math.floor(SLICE / this.#width));
    const slice = scratch(Math.min(step, x.rows) * this.#width);
    for (let first = 0; first < x.rows; first += step) {
      const end = Math.min(first + step, x.rows);
      const part = x.array.subarray(first * this.#width, end * this.#width);
      const rows = part.length === slice.length ? slice : slice.subarray(0, part.length);
      this.#decode(part, x.type, x.scale, rows);
      yield { rows, first, end };
    }
  }

  /** Turns gradients by the integers of an Int8Array into those by the features. */
  unscale(x: FeatureRows, gradient: Float32Array): void {
    if (x.scale === 1 || !this.#normalised) return;
    for (let i = 0; i < gradient.length; i++) gradient[i] = (gradient[i] as number) / x.scale;
  }

  #decode(x: Uint16Array | Int8Array, type: ReducedType, scale: number, out: Float32Array): void {
    this.#backend.decode(x, type, out);
    if (scale === 1 || this.#normalised) return;
    for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) * scale;
  }
}

/** The part of an output, so many numbers a row, that belongs to the rows of a slice. */
export function partOf<T extends Float32Array | Int32Array>(
  array: T,
  { first, end }: FeatureSlice,
  width: number,
): T {
  const whole = first === 0 && end * width === array.length;
  return whole ? array : (array.subarray(first * width, end * width) as T);
}
