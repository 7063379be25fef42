import { learned, orthogonal } from "./dense.js";
import { hadamard } from "./hadamard.js";
import { cube, orthoplex, simplex } from "./polytopes.js";
import { sylvester } from "./sylvester.js";

/** Every class code by its public name. A new code is one file beside these and one line here. */
export const CODES = { hadamard, sylvester, simplex, orthoplex, cube, orthogonal, learned };

export type CodeName = keyof typeof CODES;
export const CODE_NAMES = Object.keys(CODES) as CodeName[];

type OptionsOf<Name extends CodeName> = Parameters<(typeof CODES)[Name]["build"]>[1];

/** A code with its own options. */
export type CodeOptions = { [Name in CodeName]: { name: Name } & OptionsOf<Name> }[CodeName];
