import type { CodeName, CodeOptions } from "fixed-classifier";
import { Problem } from "../problem.js";

/** What a head is asked for by: a name, and a width behind a colon where it has one. */
export type HeadSpec =
  | { readonly kind: "matrix"; readonly name: "learned" | "cosine" }
  | { readonly kind: "fixed"; readonly code: CodeName | CodeOptions }
  | { readonly kind: "product"; readonly width: number };

const CODES = ["hadamard", "orthogonal", "simplex", "orthoplex", "cube", "sylvester"] as const;
const WIDTHS = [2, 4, 8, 16, 32];

export const HEAD_NAMES = ["learned", "cosine", ...CODES, "product:8"] as const;

export function readHead(text: string): HeadSpec {
  const [name = "", argument] = text.split(":");
  if (name === "product") {
    const width = Number(argument ?? 8);
    if (!WIDTHS.includes(width)) {
      throw new Problem(
        `"${text}" is no head: the width of a product code is one of ${WIDTHS.join(", ")}, as in product:8`,
      );
    }
    return { kind: "product", width };
  }
  if (argument === undefined) {
    if (name === "learned" || name === "cosine") return { kind: "matrix", name };
    const code = CODES.find((known) => known === name);
    if (code !== undefined) return { kind: "fixed", code };
  }
  throw new Problem(`"${text}" is no head: choose among ${HEAD_NAMES.join(", ")}`);
}
