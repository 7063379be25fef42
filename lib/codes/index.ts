import type { CodeFactory } from "./code.js";
import { hadamard } from "./hadamard.js";
import { sylvester } from "./sylvester.js";

/** Every class code by its public name. A new code is one file beside this one and one line here. */
export const CODES = { hadamard, sylvester } satisfies Record<string, CodeFactory>;

export type CodeName = keyof typeof CODES;
export const CODE_NAMES = Object.keys(CODES) as CodeName[];
