import { checkInteger } from "../checks.js";
import { packedLength, type SignedRows, signedRows, unpackRows, wordsOf } from "../hadamard/signed-rows.js";
import { rotationTable } from "../rotation-table.js";
import type { ProductTable } from "../table.js";
import { type HeadShape, LazyCode, once, scaleOf99Percent } from "./code.js";
import { type CodeOption, defineCode, flagOption, seedOption } from "./code-options.js";
import { productCoherence } from "./product-coherence.js";
import { type KeptOriginals, type Originals, originalsOption } from "./product-originals.js";
import {
  allMagnitudes,
  type GivenVectors,
  magnitudesOption,
  packedOption,
  readVectors,
} from "./product-vectors.js";
import { randomRows, vectorsOf } from "./random-rows.js";

/**
 * Options of the code "product". Its class vectors are given by `assignment`, `weights` or `packed`; classes that are given none get random
 * ones.
 *
 * @group Options of codes and losses
 */
export interface ProductOptions {
  /**
   * Width d of a sub-vector: 2, 4, 8, 16 or 32, at most the features. The wider, the fewer bits a class has, and the less its vector can say.
   * Default 4, or 2 where there are fewer features.
   */
  width?: number;
  /**
   * How many vectors of signed rows the vector of a class is the sum of, 1 … 4, each with a magnitude of its own: as many times the bits, for
   * class vectors that were trained as a dense layer. Default 1.
   */
  stages?: number;
  /**
   * Whether rows of features are divided by their norm. `false` is for class vectors that were trained as a dense layer: z_c = s·⟨w_c, x⟩ + b_c,
   * s starts at 1, and magnitudes carry the length of each vector. Default true.
   */
  normalised?: boolean;
  /**
   * The seed of a {@link rotation} of the features, which is part of the code: it spreads what is large in a few features over all of them
   * before weights are rounded. Default false: none.
   */
  rotation?: number | false;
  /** Seed of the random vectors: an unsigned 32-bit integer. Default 0. */
  seed?: number;
  /**
   * Classes × stages × sub-vectors, of the first classes or of all: the row of the Sylvester matrix of order d that each sub-vector is, and d
   * more if it is negated. `head.code.assignment` reads it.
   */
  assignment?: Uint8Array | readonly number[] | null;
  /**
   * Classes × features, of the first classes or of all: each sub-vector is rounded to the nearest row, and with several stages what is left
   * of it again. They are vectors before the rotation.
   */
  weights?: Float32Array | null;
  /**
   * What each stage of each class is multiplied by, classes × stages, 0 or more. Default 1/√stages; `weights` bring their own, but for one
   * stage of rows that are divided by their norm, where it is 1.
   */
  magnitudes?: Float32Array | readonly number[] | null;
  /**
   * The vectors that the code was made of, kept in float16 beside it: `topK` with `rerank` scores its best classes by them. Those of
   * `head.settings` are bits of float16.
   */
  originals?: Originals | null;
  /** The rows as a head keeps them (docs/file-format.md), which `head.settings` has in place of assignment and weights. */
  packed?: Uint32Array | readonly number[] | null;
}

type Checked = Required<Omit<ProductOptions, keyof GivenVectors | "originals">> &
  GivenVectors & { readonly originals: KeptOriginals | null };

/** 1 GiB. */
const MAX_WORDS = 2 ** 28;
const WIDTHS = [2, 4, 8, 16, 32];
const DEFAULT_WIDTH = 4;
const MAX_STAGES = 4;

/** An option that is checked with the others, for it depends on them; not kept in a file. */
const given = <T>(): CodeOption<T | null> => ({
  initial: null,
  required: false,
  check: (_, value) => value as T,
  encode: () => null,
  decode: () => undefined,
});

const widthOption: CodeOption<number> = {
  initial: 0,
  required: true,
  check(what, value, { features }) {
    checkInteger(what, value, 2, 32);
    if (!WIDTHS.includes(value)) throw new RangeError(`${what} must be ${WIDTHS.join(", ")}, got ${value}`);
    if (value > features)
      throw new RangeError(`${what} must be at most the ${features} features, got ${value}`);
    return value;
  },
  encode: String,
  decode: (kept) => (typeof kept === "string" && /^\d{1,2}$/.test(kept) ? Number(kept) : undefined),
};

const stagesOption: CodeOption<number> = {
  initial: 1,
  required: true,
  check(what, value) {
    checkInteger(what, value, 1, MAX_STAGES);
    return value;
  },
  encode: String,
  decode: (kept) => (typeof kept === "string" && /^\d$/.test(kept) ? Number(kept) : undefined),
};

const rotationOption: CodeOption<number | false> = {
  initial: false,
  required: true,
  check: (what, value, shape) => (value === false ? false : seedOption.check(what, value, shape)),
  encode: String,
  decode: (kept, shape, tensors) => (kept === "false" ? false : seedOption.decode(kept, shape, tensors)),
};

/** Concatenations of short signed Hadamard rows: product quantisation whose codebook is the first-order Reed-Muller code. */
export const product = /* @__PURE__ */ defineCode<ProductOptions, Checked>(
  "product",
  1,
  {
    width: widthOption,
    stages: stagesOption,
    normalised: /* @__PURE__ */ flagOption(true),
    rotation: rotationOption,
    seed: seedOption,
    assignment: /* @__PURE__ */ given<Uint8Array>(),
    weights: /* @__PURE__ */ given<Float32Array>(),
    magnitudes: magnitudesOption,
    packed: packedOption,
    originals: originalsOption,
  },
  (shape, { width: chosen, stages, normalised, rotation, seed, originals, ...vectors }, rotate) => {
    const { features, classes } = shape;
    const width = chosen || defaultWidth(features);
    const rows = signedRows(features, width, stages);
    checkLimits(shape, rows);
    const rotated = rotation === false ? null : once(() => rotationTable(features, rotation, 1));
    const turn = rotated && ((weights: Float32Array) => rotate(rotated(), weights));
    const { packed, magnitudes } = readVectors(shape, rows, { seed, normalised, turn }, vectors);
    const all = once(() =>
      packed?.length === packedLength(rows, classes)
        ? packed
        : randomRows(rows, seed, packed, packed === null ? 0 : packed.length / wordsOf(rows), classes),
    );
    const table = once(
      (): ProductTable => ({
        kind: "product",
        features,
        classes,
        width,
        unit: 1 / Math.sqrt(features),
        stages,
        magnitudes: allMagnitudes(magnitudes, classes, stages),
        normalised,
        packed: all(),
        rotation: rotated?.() ?? null,
      }),
    );
    const options = {
      width,
      stages,
      normalised,
      rotation,
      seed,
      assignment: null,
      weights: null,
      magnitudes,
      packed,
      originals,
    };
    const plain = {
      name: "product",
      options: Object.freeze(options),
      order: width,
      normalised,
      initialScale: normalised ? scaleOf99Percent(classes) : 1,
      initialBias: () => new Float32Array(classes),
    };
    return new LazyCode(plain, {
      blocks: () => rows.count,
      table,
      coherence: () => productCoherence(table()),
      assignment: () => unpackRows(rows, all(), classes),
    });
  },
);

function defaultWidth(features: number): number {
  if (features < 2) throw new RangeError('code "product" needs at least 2 features, got 1');
  return features < DEFAULT_WIDTH ? 2 : DEFAULT_WIDTH;
}

function checkLimits({ features, classes }: HeadShape, rows: SignedRows): void {
  const most = vectorsOf(rows);
  if (classes > most) {
    throw new RangeError(
      `code "product" has ${most} vectors at ${features} features and width ${rows.width}, got ${classes} classes; ` +
        `use more features${rows.width > 2 ? " or a smaller width" : ""}`,
    );
  }
  if (packedLength(rows, classes) > MAX_WORDS) {
    throw new RangeError(
      `code "product" keeps ${wordsOf(rows) * 4} bytes a class at ${features} features and width ${rows.width}, at most ` +
        `${MAX_WORDS * 4} in all, got ${classes} classes; use ${rows.width < 32 ? "a larger width, or " : ""}fewer features or classes`,
    );
  }
}
