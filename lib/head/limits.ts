import type { Backend } from "../backends/backend.js";
import { checkInteger, checkOneOf, describe } from "../checks.js";
import { type HeadShape, MAX_CLASSES } from "../codes/code.js";
import { CODE_NAMES, type CodeName, type CodeOptions } from "../codes/index.js";
import { readOptions } from "../options.js";
import { MAX_FEATURES } from "./options.js";

/** Options of `FixedClassifier.fromSafetensors`: the backend, and what a file may ask for that others wrote. */
export interface FileOptions {
  /** The backend that computes. Default: the fastest that loads. */
  backend?: Backend;
  /** The class codes that are taken. Default: all. */
  codes?: readonly CodeName[];
  /** The most classes that are taken; vectors that a file assigns to them are among as many. Default: as many as a head can have. */
  maxClasses?: number;
  /** The widest rows of features that are taken. Default: as wide as those of a head can be. */
  maxFeatures?: number;
}

/** The bytes of a file. */
export type FileBytes = Uint8Array | ArrayBuffer | SharedArrayBuffer;

/** What a file may ask for. */
export type Limits = Required<Omit<FileOptions, "backend">>;

const OPTIONS = ["backend", "codes", "maxClasses", "maxFeatures"] as const satisfies (keyof FileOptions)[];

/** The limits, checked, and those of the options that are for the head to check. */
export function checkFileOptions(
  options: FileOptions | null | undefined,
): Pick<FileOptions, "backend"> & { limits: Limits } {
  const {
    codes = CODE_NAMES,
    maxClasses = MAX_CLASSES,
    maxFeatures = MAX_FEATURES,
    ...given
  } = readOptions("fromSafetensors", options, OPTIONS);
  if (!Array.isArray(codes)) throw new TypeError(`codes must be an array of names, got ${describe(codes)}`);
  codes.forEach((name: unknown, i) => {
    checkOneOf(`codes[${i}]`, name, CODE_NAMES);
  });
  checkInteger("maxClasses", maxClasses, 1, MAX_CLASSES);
  checkInteger("maxFeatures", maxFeatures, 1, MAX_FEATURES);
  return { limits: { codes, maxClasses, maxFeatures }, ...given };
}

/** @throws RangeError for a file that asks for more than is allowed */
export function checkLimits(
  { features, classes, code }: HeadShape & { code: CodeName },
  { codes, maxClasses, maxFeatures }: Limits,
): void {
  if (!codes.includes(code)) {
    throw new RangeError(`the file has a head of code "${code}"; codes allows ${codes.join(", ") || "none"}`);
  }
  if (features > maxFeatures) {
    throw new RangeError(`the file has a head of ${features} features; maxFeatures allows ${maxFeatures}`);
  }
  if (classes > maxClasses) {
    throw new RangeError(`the file has a head of ${classes} classes; maxClasses allows ${maxClasses}`);
  }
}

/**
 * The vectors of a code are made one after another, so a number far behind the classes would cost as much as so many classes.
 *
 * @throws RangeError for a file that gives a class a vector behind those that are allowed
 */
export function checkAssignment(code: CodeOptions, { maxClasses }: Limits): void {
  if (code.name !== "hadamard") return;
  const { assignment } = code;
  for (let c = 0; c < (assignment?.length ?? 0); c++) {
    const vector = (assignment as ArrayLike<number>)[c] as number;
    if (vector >= maxClasses) {
      throw new RangeError(
        `the file gives the vector ${vector} to the class ${c}; maxClasses allows 0 … ${maxClasses - 1}`,
      );
    }
  }
}
