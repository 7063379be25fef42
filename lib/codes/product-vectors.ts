/** The vectors that a product code is given. */

import { checkArray, checkInteger, checkIntegers, describe, typedArrayName } from "../checks.js";
import {
  GROUP,
  packClass,
  packedLength,
  type SignedRows,
  wordMask,
  wordsOf,
} from "../hadamard/signed-rows.js";
import type { HeadShape } from "./code.js";
import type { CodeOption } from "./code-options.js";
import { randomRows, vectorsOf } from "./random-rows.js";
import { rotatedWeights, roundToRows, roundWithMagnitudes } from "./rounding.js";

/** The options that give vectors, as the user gave them; null: not given. */
export interface GivenVectors {
  readonly assignment: Uint8Array | readonly number[] | null;
  readonly weights: Float32Array | null;
  readonly magnitudes: Float32Array | null;
  readonly packed: Uint32Array | null;
}

/** The vectors of the first classes. */
interface Vectors {
  /** Their rows, in whole groups; null: none are given. */
  readonly packed: Uint32Array | null;
  /** Null: none are given. */
  readonly magnitudes: Float32Array | null;
}

/** What the code knows of how vectors are read. */
interface Reading {
  readonly seed: number;
  readonly normalised: boolean;
  /** Rotates weights in place; null: they stay as they are. */
  readonly turn: ((weights: Float32Array) => void) | null;
}

export const packedOption: CodeOption<Uint32Array | null> = {
  initial: null,
  required: false,
  check: (_, value) => value as Uint32Array,
  encode: (packed) => packed && { dtype: "U32", shape: [packed.length / GROUP, GROUP], data: packed },
  decode: (kept) =>
    typeof kept === "object" && kept.dtype === "U32" && kept.shape[1] === GROUP
      ? unshared(kept.data as Uint32Array)
      : undefined,
};

/** Words of files: nobody else has them, so that a head keeps them without a copy. */
const UNSHARED = /* @__PURE__ */ new WeakSet<Uint32Array>();

function unshared(words: Uint32Array): Uint32Array {
  UNSHARED.add(words);
  return words;
}

export const magnitudesOption: CodeOption<Float32Array | null> = {
  initial: null,
  required: false,
  check: (_, value) => value as Float32Array,
  encode: (magnitudes) => magnitudes && { dtype: "F32", shape: [magnitudes.length], data: magnitudes },
  decode: (kept) =>
    typeof kept === "object" && kept.dtype === "F32" && kept.shape.length === 1 ? kept.data : undefined,
};

export function readVectors(
  shape: HeadShape,
  rows: SignedRows,
  reading: Reading,
  { assignment, weights, magnitudes, packed }: GivenVectors,
): Vectors {
  checkOneGiven({ assignment, weights, packed });
  checkOneGiven({ weights, magnitudes });
  if (weights !== null) return roundGiven(weights, shape, rows, reading);
  const checked = magnitudes && checkMagnitudes(magnitudes, shape, rows);
  if (packed !== null) return { packed: checkPacked(packed, shape, rows), magnitudes: checked };
  if (assignment === null) return { packed: null, magnitudes: checked };
  const given = checkIntegers("assignment", assignment, 2 * rows.width);
  const of = rows.stages === 1 ? "sub-vectors" : "sub-vectors in all stages";
  checkLength("assignment", given, rows.stages * rows.count, of, shape);
  return { packed: packRows(given, rows, reading.seed), magnitudes: checked };
}

/** Magnitudes of all classes; null: all are 1. */
export function allMagnitudes(
  given: Float32Array | null,
  classes: number,
  stages: number,
): Float32Array | null {
  if (given === null && stages === 1) return null;
  if (given?.length === classes * stages) return given;
  const all = new Float32Array(classes * stages).fill(1 / Math.sqrt(stages));
  if (given !== null) all.set(given);
  return all;
}

function checkOneGiven(options: object): void {
  const named = Object.entries(options).filter(([, value]) => value !== null);
  if (named.length < 2) return;
  throw new TypeError(`${named.map(([name]) => name).join(" and ")} are both given; give one of them`);
}

/** Classes of the last group that are not there yet have the vectors already that they would get when they are added. */
function packRows(given: ArrayLike<number>, rows: SignedRows, seed: number): Uint32Array {
  const classes = given.length / (rows.stages * rows.count);
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

function roundGiven(
  weights: Float32Array,
  shape: HeadShape,
  rows: SignedRows,
  { seed, normalised, turn }: Reading,
): Vectors {
  checkArray("weights", weights, "Float32Array");
  const { features } = shape;
  checkLength("weights", weights, features, "features", shape);
  const turned = turn === null ? weights : rotatedWeights(weights, features, turn);
  if (rows.stages === 1 && normalised) {
    return { packed: packRows(roundToRows(turned, features, rows), rows, seed), magnitudes: null };
  }
  const { assignment, magnitudes } = roundWithMagnitudes(turned, features, rows, normalised);
  return { packed: packRows(assignment, rows, seed), magnitudes: checkMagnitudes(magnitudes, shape, rows) };
}

function checkMagnitudes(given: unknown, shape: HeadShape, { stages }: SignedRows): Float32Array {
  const name = typedArrayName(given);
  if (name !== "Float32Array" && !Array.isArray(given)) {
    throw new TypeError(`magnitudes must be a Float32Array or an array, got ${describe(given)}`);
  }
  const magnitudes = Float32Array.from(given as ArrayLike<unknown>, (v) =>
    typeof v === "number" ? v + 0 : NaN,
  );
  checkLength("magnitudes", magnitudes, stages, stages === 1 ? "stage" : "stages", shape);
  const at = magnitudes.findIndex((magnitude) => !(magnitude >= 0 && magnitude < Infinity));
  if (at >= 0) {
    throw new RangeError(
      `magnitudes must be 0 or more and finite in float32; stage ${at % stages} of class ${Math.floor(at / stages)} has ` +
        `${(given as ArrayLike<unknown>)[at]}`,
    );
  }
  return magnitudes;
}

function checkPacked(given: Uint32Array, { classes }: HeadShape, rows: SignedRows): Uint32Array {
  const packed = UNSHARED.has(given) ? given : new Uint32Array(checkWords(given));
  const group = GROUP * wordsOf(rows);
  if (packed.length === 0 || packed.length % group !== 0 || packed.length > packedLength(rows, classes)) {
    throw new RangeError(
      `packed has ${packed.length} words: ${group} for each of at most ${groupsOf(classes)} groups of ${GROUP} classes are needed`,
    );
  }
  const masks = Array.from({ length: rows.words }, (_, w) => ~wordMask(rows, w));
  const at = masks.every((mask) => mask === 0) ? -1 : firstBeyond(packed, masks);
  if (at >= 0) {
    throw new RangeError(
      `packed[${at}] is ${packed[at]}: it has bits that no rows of width ${rows.width} have`,
    );
  }
  return packed;
}

/** Where the first word is that has bits of its mask; −1: there is none. The words of a mask are a group, one mask after the other. */
function firstBeyond(packed: Uint32Array, masks: readonly number[]): number {
  for (let at = 0, w = 0; at < packed.length; at += GROUP, w = w + 1 === masks.length ? 0 : w + 1) {
    const mask = masks[w] as number;
    let bits = 0;
    for (let k = at; k < at + GROUP; k++) bits |= (packed[k] as number) & mask;
    if (bits !== 0) return packed.findIndex((word, k) => k >= at && (word & mask) !== 0);
  }
  return -1;
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
