import type { Coded, Content, Table } from "./content.js";
import { formatOf } from "./formats/index.js";
import { labelsOf, numbersAsNames } from "./labels.js";
import { DEFAULTS } from "./options.js";
import { onlyArray } from "./raw-part.js";
import { isNumber } from "./tables/csv-column.js";
import { labelColumnOf, namesIn } from "./tables/plan.js";

interface ContentOptions {
  readonly label: string | undefined;
  readonly groups: string | undefined;
  readonly inputsOnly: boolean;
}

export const contentOf = (
  path: string,
  of: ContentOptions,
  memory: number = DEFAULTS.memory,
): Promise<Content> => formatOf(path).read(path, { ...of, memory });

/** Names of a file of their own, or of a column. */
export async function namesFrom(
  file: string | null,
  content: Content,
  column: string | null,
  options: NamesOptions,
): Promise<Coded | null> {
  if (file !== null) return namesAt(file, options);
  return content.kind === "table" && column !== null ? columnAsNames(content, column) : null;
}

interface NamesOptions {
  readonly label?: string | undefined;
  readonly memory?: number | undefined;
}

/** A file with one name or number a row. */
export async function namesAt(path: string, { label, memory }: NamesOptions): Promise<Coded> {
  const content = await contentOf(path, { label, groups: undefined, inputsOnly: false }, memory);
  if (content.kind === "arrays") return labelsOf(onlyArray(content), path);
  const names = content.columns.map(({ name }) => name);
  return columnAsNames(content, labelColumnOf(names, label, path));
}

/** The names in a column; whole numbers that were written as floats, 3.0, are the numbers. */
function columnAsNames(table: Table, name: string): Coded {
  const place = (row: number): string => `${table.path}, ${table.placeOf(row)}, column ${name}`;
  const { codes, names } = namesIn(table, name, (values) => numbersAsNames(values, place));
  if (!names.some((text) => text.includes(".")) || !names.every(isNumber)) return { codes, names };
  const numbers = names.map(Number);
  return numbersAsNames(
    Float64Array.from(codes, (code) => numbers[code]),
    place,
  );
}
