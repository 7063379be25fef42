import { existsSync, readFileSync } from "node:fs";
import { writeWhole } from "../files.js";
import { Problem } from "../problem.js";
import { decodeTensors, encodeNamed } from "../safetensors.js";
import type { Variable } from "./parameter.js";

/** Arrays by their names and one plain value beside them, in one file that is there whole or not at all. */
export function writeVariables(
  path: string,
  kind: string,
  variables: readonly Variable[],
  about: unknown,
): void {
  writeWhole(path, encodeNamed(variables, { kind, about: JSON.stringify(about) }));
}

export interface Kept<T> {
  readonly about: T;
  /** Copies the arrays into variables of the same names and shapes. */
  restore(variables: readonly Variable[]): void;
  readonly names: readonly string[];
  readonly arrays: Readonly<Record<string, Pick<Variable, "shape" | "value">>>;
}

/** Undefined where there is no such file. */
export function readVariables<T>(path: string, kind: string): Kept<T> | undefined {
  if (!existsSync(path)) return undefined;
  const { arrays, metadata } = decodeTensors(readFileSync(path), path);
  if (metadata.kind !== kind) {
    throw new Problem(
      `${path} is no ${kind} of the laboratory but ${metadata.kind ?? "another file"}: give another file`,
    );
  }
  return {
    about: JSON.parse(metadata.about ?? "null") as T,
    names: [...arrays.keys()],
    arrays: Object.fromEntries(arrays),
    restore(variables) {
      for (const { name, value } of variables) {
        const found = arrays.get(name);
        if (found === undefined || found.value.length !== value.length) {
          throw new Problem(
            `${path} has no "${name}" of ${value.length} numbers: it is of another model or version`,
          );
        }
        value.set(found.value);
      }
    },
  };
}
