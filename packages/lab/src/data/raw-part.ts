import { Problem } from "../problem.js";
import type { Arrays, Coded, NameArray, NumberArray, Table } from "./content.js";
import type { DataOptions } from "./options.js";

/** The rows of one part as they were found, before anything is divided or numbered. */
export interface RawPart {
  readonly inputs: RawInputs;
  /** Null where there are none and none are needed. */
  readonly labels: Coded | null;
  readonly groups: Coded | null;
  /** Of a table: the column of the labels. */
  readonly label: string | null;
  /** Of a table: columns that are no inputs. */
  readonly apart: readonly string[];
  /** The file of the inputs, for messages. */
  readonly path: string;
  readonly placeOf: (row: number) => string;
}

export type RawInputs =
  | { readonly kind: "array"; readonly array: NumberArray }
  | { readonly kind: "table"; readonly table: Table }
  | { readonly kind: "images"; readonly files: readonly string[] };

export interface LabelledPart extends RawPart {
  readonly labels: Coded;
}

export interface ReadingOptions extends DataOptions {
  /** "needed" if not set; "taken" where there are some; "ignored", whatever they look like. */
  readonly need?: "needed" | "taken" | "ignored";
}

export function labelled(part: RawPart): LabelledPart {
  const { labels, path, inputs } = part;
  if (labels !== null) return { ...part, labels };
  throw new Problem(
    inputs.kind === "images"
      ? `${path} holds images that lie in no folder below it. Put those of each class into a folder with its name`
      : `${path} has no labels. Name the file of the labels after it`,
  );
}

export function onlyArray({ path, arrays }: Arrays): NumberArray | NameArray {
  if (arrays.length === 1) return arrays[0];
  throw new Problem(
    `${path} holds ${arrays.length} arrays (${arrays.map(({ name }) => name).join(", ")}), where one is looked for. Save it alone`,
  );
}

export function numbersOf(array: NumberArray | NameArray, path: string): NumberArray {
  if (array.kind === "names")
    throw new Problem(
      `${path} holds strings, where numbers are looked for. Save text as a table (.csv, .parquet)`,
    );
  if (array.shape.length === 0)
    throw new Problem(`${path} holds one number. Save an array with a row for each example`);
  return array;
}

export function rowCount(inputs: RawInputs): number {
  if (inputs.kind === "array") return inputs.array.shape[0];
  return inputs.kind === "table" ? inputs.table.rows : inputs.files.length;
}

export function matching(part: RawPart, names: Coded | null, what: string, path: string | null): void {
  const rows = rowCount(part.inputs);
  if (names === null || names.codes.length === rows) return;
  const hint = /\.[ct]sv(\.gz)?$/i.test(path ?? "") ? " Its first line is the column's name." : "";
  throw new Problem(
    `${part.path} has ${rows} rows, and there are ${names.codes.length} ${what}${path === null ? "" : ` in ${path}`}.${hint} One of them belongs to other data`,
  );
}

export const numberedRow = (row: number): string => `row ${row + 1}`;
