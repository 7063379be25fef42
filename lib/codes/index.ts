import { learned, orthogonal } from "./dense.js";
import { hadamard } from "./hadamard.js";
import { cube, orthoplex, simplex } from "./polytopes.js";
import { product } from "./product.js";
import { sylvester } from "./sylvester.js";

/** Every class code by its public name. A new code is one file beside these and one line here. */
export const CODES = { hadamard, product, sylvester, simplex, orthoplex, cube, orthogonal, learned };

/** Class codes: "hadamard", "product", "sylvester", "simplex", "orthoplex", "cube", "orthogonal", "learned". docs/codes.md says which one when. */
export type CodeName = keyof typeof CODES;
export const CODE_NAMES = /* @__PURE__ */ Object.keys(CODES) as CodeName[];

type OptionsOf<Name extends CodeName> = Parameters<(typeof CODES)[Name]["build"]>[1];

/**
 * A code with its own options: `{ name: "hadamard", … }` with {@link HadamardOptions}, `{ name: "product", … }` with {@link ProductOptions},
 * `{ name: "sylvester", … }` with {@link SylvesterOptions}, `{ name: "orthogonal", … }` and `{ name: "learned", … }` with
 * {@link SeedOptions}; "simplex", "orthoplex" and "cube" have none.
 */
export type CodeOptions = {
  [Name in CodeName]: {
    /** The name of the code. */
    name: Name;
  } & OptionsOf<Name>;
}[CodeName];
