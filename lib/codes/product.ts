import { checkArray, checkInteger, checkIntegers, describe, typedArrayName } from "../checks.js";
import {
  GROUP,
  packClass,
  packedLength,
  type SignedRows,
  signedRows,
  unpackRows,
  wordMask,
} from "../hadamard/signed-rows.js";
import type { ProductTable } from "../table.js";
import { type HeadShape, LazyCode, once, scaleOf99Percent } from "./code.js";
import { type CodeOption, defineCode, seedOption } from "./code-options.js";
import { productCoherence } from "./product-coherence.js";
import { randomRows, vectorsOf } from "./random-rows.js";
import { roundToRows } from "./rounding.js";

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
  /** Seed of the random vectors: an unsigned 32-bit integer. Default 0. */
  seed?: number;
  /**
   * Classes × sub-vectors, of the first classes or of all: the row of the Sylvester matrix of order d that each sub-vector is, and d more if
   * it is negated. `head.code.assignment` reads it.
   */
  assignment?: Uint8Array | readonly number[] | null;
  /** Classes × features, of the first classes or of all: each sub-vector is rounded to the nearest row. */
  weights?: Float32Array | null;
  /** The rows as a head keeps them (docs/file-format.md), which `head.settings` has in place of the other two. */
  packed?: Uint32Array | readonly number[] | null;
}

type Checked = Required<ProductOptions> & { packed: Uint32Array | null };

/** 1 GiB. */
const MAX_WORDS = 2 ** 28;
const WIDTHS = [2, 4, 8, 16, 32];
const DEFAULT_WIDTH = 4;

/** An option that is checked with the others, for it depends on the width; not kept in a file. */
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

const packedOption: CodeOption<Uint32Array | null> = {
  initial: null,
  required: false,
  check: (_, value) => value as Uint32Array,
  encode: (packed) => packed && { dtype: "U32", shape: [packed.length / GROUP, GROUP], data: packed },
  decode: (kept) =>
    typeof kept === "object" && kept.dtype === "U32" && kept.shape[1] === GROUP ? kept.data : undefined,
};

/** Concatenations of short signed Hadamard rows: product quantisation whose codebook is the first-order Reed-Muller code. */
export const product = /* @__PURE__ */ defineCode<ProductOptions, Checked>(
  "product",
  1,
  {
    width: widthOption,
    seed: seedOption,
    assignment: /* @__PURE__ */ given<Uint8Array>(),
    weights: /* @__PURE__ */ given<Float32Array>(),
    packed: packedOption,
  },
  (shape, { width: chosen, seed, ...vectors }) => {
    const { features, classes } = shape;
    const width = chosen || defaultWidth(features);
    const rows = signedRows(features, width);
    checkLimits(shape, rows);
    const packed = readVectors(shape, rows, seed, vectors);
    const all = once(() =>
      packed?.length === packedLength(rows, classes)
        ? packed
        : randomRows(rows, seed, packed, packed === null ? 0 : packed.length / rows.words, classes),
    );
    const table = once(
      (): ProductTable => ({
        kind: "product",
        features,
        classes,
        width,
        unit: 1 / Math.sqrt(features),
        packed: all(),
      }),
    );
    const plain = {
      name: "product",
      options: Object.freeze({ width, seed, assignment: null, weights: null, packed }),
      order: width,
      normalised: true,
      initialScale: scaleOf99Percent(classes),
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
        "use more features",
    );
  }
  if (packedLength(rows, classes) > MAX_WORDS) {
    throw new RangeError(
      `code "product" keeps ${rows.words * 4} bytes a class at ${features} features and width ${rows.width}, at most ` +
        `${MAX_WORDS * 4} in all, got ${classes} classes; use ${rows.width < 32 ? "a larger width, or " : ""}fewer features or classes`,
    );
  }
}

/** The vectors that are given, packed; null: none are. */
function readVectors(
  shape: HeadShape,
  rows: SignedRows,
  seed: number,
  { assignment, weights, packed }: Pick<Checked, "assignment" | "weights" | "packed">,
): Uint32Array | null {
  const named = Object.entries({ assignment, weights, packed }).filter(([, value]) => value !== null);
  if (named.length > 1) {
    throw new TypeError(`${named.map(([name]) => name).join(" and ")} are both given; give one of them`);
  }
  if (packed !== null) return checkPacked(packed, shape, rows);
  if (weights !== null) return packRows(roundWeights(weights, shape, rows), rows, seed);
  if (assignment === null) return null;
  const checked = checkIntegers("assignment", assignment, 2 * rows.width);
  checkLength("assignment", checked, rows.count, "sub-vectors", shape);
  return packRows(checked, rows, seed);
}

/** Classes of the last group that are not there yet have the vectors already that they would get when they are added. */
function packRows(given: ArrayLike<number>, rows: SignedRows, seed: number): Uint32Array {
  const classes = given.length / rows.count;
  const packed = new Uint32Array(packedLength(rows, classes));
  for (let c = 0; c < classes; c++) packClass(rows, given, c, packed);
  return randomRows(rows, seed, packed, classes, Math.min(groupsOf(classes) * GROUP, vectorsOf(rows)));
}

function checkLength(
  what: string,
  { length }: ArrayLike<number>,
  width: number,
  of: string,
  { classes }: HeadShape,
): void {
  if (length > 0 && length % width === 0 && length <= classes * width) return;
  throw new RangeError(
    `${what} has ${length} elements: ${width} ${of} a class for at most ${classes} classes are needed`,
  );
}

function roundWeights(weights: Float32Array, shape: HeadShape, rows: SignedRows): Uint8Array {
  checkArray("weights", weights, "Float32Array");
  checkLength("weights", weights, shape.features, "features", shape);
  return roundToRows(weights, shape.features, rows);
}

function checkPacked(given: Uint32Array, { classes }: HeadShape, rows: SignedRows): Uint32Array {
  const packed = new Uint32Array(checkWords(given));
  const group = GROUP * rows.words;
  if (packed.length === 0 || packed.length % group !== 0 || packed.length > packedLength(rows, classes)) {
    throw new RangeError(
      `packed has ${packed.length} words: ${group} for each of at most ${groupsOf(classes)} groups of ${GROUP} classes are needed`,
    );
  }
  const masks = Array.from({ length: rows.words }, (_, w) => ~wordMask(rows, w));
  for (let i = 0; i < packed.length; i++) {
    if (((packed[i] as number) & (masks[Math.floor(i / GROUP) % rows.words] as number)) !== 0) {
      throw new RangeError(
        `packed[${i}] is ${packed[i]}: it has bits that no rows of width ${rows.width} have`,
      );
    }
  }
  return packed;
}

/** JSON has them as an array of numbers. */
function checkWords(given: unknown): ArrayLike<number> {
  if (typedArrayName(given) === "Uint32Array") return given as Uint32Array;
  if (!Array.isArray(given)) throw new TypeError(`packed must be a Uint32Array, got ${describe(given)}`);
  given.forEach((word: unknown, i) => {
    checkInteger(`packed[${i}]`, word, 0, 2 ** 32 - 1);
  });
  return given;
}

const groupsOf = (classes: number): number => Math.ceil(classes / GROUP);
