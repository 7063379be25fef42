import type { CodeName, CodeOptions } from "fixed-classifier";
import { Problem } from "../problem.js";

/** What a head is asked for by: a name, and a width behind a colon where it has one. */
export type HeadSpec =
  | { readonly kind: "matrix"; readonly name: "learned" | "cosine" }
  | { readonly kind: "fixed"; readonly code: CodeName | CodeOptions }
  | ProductSpec;

/** Vectors that are rounded to a product code in every step, little by little in the first part of the steps, or once at its end. */
export interface ProductSpec {
  readonly kind: "product" | "blended" | "frozen";
  readonly width: number;
  /** Of the steps, how many the first part has. */
  readonly share: number;
}

const CODES = ["hadamard", "orthogonal", "simplex", "orthoplex", "cube", "sylvester"] as const;
const WIDTHS = [2, 4, 8, 16, 32];

export const HEAD_NAMES = ["learned", "cosine", ...CODES, "product:8", "blended:8", "frozen:8"] as const;

export function readHead(text: string): HeadSpec {
  const [name = "", argument] = text.split(":");
  if (name === "product" || name === "blended" || name === "frozen") return readProduct(text, name);
  if (argument === undefined) {
    if (name === "learned" || name === "cosine") return { kind: "matrix", name };
    const code = CODES.find((known) => known === name);
    if (code !== undefined) return { kind: "fixed", code };
  }
  throw new Problem(`"${text}" is no head: choose among ${HEAD_NAMES.join(", ")}`);
}

function readProduct(text: string, kind: ProductSpec["kind"]): ProductSpec {
  const [, argument = "8", part, ...more] = text.split(":");
  const width = Number(argument);
  if (!WIDTHS.includes(width)) {
    throw new Problem(
      `"${text}" is no head: the width of a product code is one of ${WIDTHS.join(", ")}, as in ${kind}:8`,
    );
  }
  const share = Number(part ?? 0.5);
  if (more.length > 0 || (part !== undefined && (kind === "product" || !(share > 0 && share < 1)))) {
    const after =
      kind === "product" ? "nothing" : `a share of the steps between 0 and 1, as in ${kind}:8:0.5,`;
    throw new Problem(`"${text}" is no head: ${after} can stand behind the width`);
  }
  return { kind, width, share };
}
