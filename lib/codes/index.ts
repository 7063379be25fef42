import type { CodeFactory } from "./code.js";
import { learned, orthogonal } from "./dense.js";
import { hadamard } from "./hadamard.js";
import { cube, orthoplex, simplex } from "./polytopes.js";
import { sylvester } from "./sylvester.js";

/** Every class code by its public name. A new code is one file beside these and one line here. */
export const CODES = {
  hadamard,
  sylvester,
  simplex,
  orthoplex,
  cube,
  orthogonal,
  learned,
} satisfies Record<string, CodeFactory>;

export type CodeName = keyof typeof CODES;
export const CODE_NAMES = Object.keys(CODES) as CodeName[];

/** Of the definition of each code's vectors, so that a file is never read with other vectors than it was written with. */
export const CODE_VERSIONS: Record<CodeName, number> = {
  hadamard: 1,
  sylvester: 1,
  simplex: 1,
  orthoplex: 1,
  cube: 1,
  orthogonal: 1,
  learned: 1,
};
