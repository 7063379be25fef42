import { existsSync } from "node:fs";
import { Problem } from "../problem.js";
import type { Arrays, Coded, Content, NameArray, NumberArray, Table } from "./content.js";
import type { Place, Plan } from "./discover.js";
import { formatOf } from "./formats/index.js";
import { imageFiles } from "./images.js";
import { labelsOf, numbersAsNames } from "./labels.js";
import { meaningOf, type PartName } from "./names.js";
import { type DataOptions, DEFAULTS } from "./options.js";
import { isNumber } from "./tables/csv-column.js";
import { labelColumnOf, namesIn } from "./tables/plan.js";

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
  /** Whether rows without labels will do. */
  readonly unlabelled?: boolean;
}

/** All parts of the files, each with labels, in an order that does not come from the names of files. */
export async function readParts(plan: Plan, options: DataOptions): Promise<Map<PartName, LabelledPart>> {
  const raw = new Map<PartName, LabelledPart>();
  for (const [part, place] of plan.parts)
    for (const [found, rows] of await readPlace(place, part, options)) raw.set(found, labelled(rows));
  const inOrder = (["train", "validation", "test"] as const).flatMap((part) => {
    const found = raw.get(part);
    return found === undefined ? [] : [[part, found] as const];
  });
  return new Map(inOrder);
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

/** Groups that are no column of a table are a file, with one name or number for each row of the training part. */
export async function readGroups(
  parts: Map<PartName, LabelledPart>,
  options: DataOptions,
): Promise<Map<PartName, LabelledPart>> {
  const { groups: file } = options;
  const train = parts.get("train");
  if (file === undefined || train === undefined || train.groups !== null) return parts;
  if (!existsSync(file))
    throw new Problem(`--groups ${file} is neither a column of ${train.path} nor a file. Name one of these`);
  const groups = await namesAt(file, undefined, options);
  const grouped = { ...train, groups };
  matching(grouped, groups, "groups", file);
  return new Map([...parts, ["train", grouped]]);
}

interface ContentOptions {
  readonly label: string | undefined;
  readonly groups: string | undefined;
  readonly inputsOnly: boolean;
}

const contentOf = (path: string, of: ContentOptions, { memory }: DataOptions): Promise<Content> =>
  formatOf(path).read(path, { ...of, memory: memory ?? DEFAULTS.memory });

/** What lies at a place: one part, or several where a file has arrays of several. */
export async function readPlace(
  place: Place,
  part: PartName,
  options: ReadingOptions,
): Promise<Map<PartName, RawPart>> {
  if (place.kind === "images") {
    const { files, labels } = imageFiles(place.folder);
    const placeOf = (row: number): string => files[row];
    const inputs: RawInputs = { kind: "images", files };
    const path = place.folder;
    return new Map([[part, { inputs, labels, groups: null, label: null, apart: [], path, placeOf }]]);
  }
  const { label, groups: groupColumn } = options;
  const inputsOnly = place.labels !== null;
  const content = await contentOf(place.inputs, { label, groups: groupColumn, inputsOnly }, options);
  if (place.labels === null && content.kind === "arrays") return partsOfArrays(content, part, options);
  const inputs: RawInputs =
    content.kind === "table"
      ? { kind: "table", table: content }
      : { kind: "array", array: numbersOf(onlyArray(content), place.inputs) };
  const apart =
    content.kind === "table" ? columnsApart(content, place, options) : { label: null, groups: null };
  const labels =
    place.labels !== null
      ? await namesAt(place.labels, options.label, options)
      : content.kind === "table" && apart.label !== null
        ? columnAsNames(content, apart.label)
        : null;
  const groups =
    place.groups !== null
      ? await namesAt(place.groups, undefined, options)
      : content.kind === "table" && apart.groups !== null
        ? columnAsNames(content, apart.groups)
        : null;
  const raw: RawPart = {
    inputs,
    labels,
    groups,
    label: apart.label,
    apart: [apart.label, apart.groups].filter((name) => name !== null),
    path: place.inputs,
    placeOf: content.kind === "table" ? content.placeOf : numberedRow,
  };
  matching(raw, labels, "labels", place.labels);
  matching(raw, groups, "groups", place.groups);
  return new Map([[part, raw]]);
}

const numberedRow = (row: number): string => `row ${row + 1}`;

/** Which columns hold no inputs. */
function columnsApart(
  table: Table,
  place: Extract<Place, { kind: "files" }>,
  { label, groups, unlabelled }: ReadingOptions,
): { label: string | null; groups: string | null } {
  const names = table.columns.map(({ name }) => name);
  const known = groups !== undefined && names.includes(groups) ? groups : null;
  if (place.labels !== null || (unlabelled && (label === undefined || !names.includes(label))))
    return { label: null, groups: known };
  return {
    label: labelColumnOf(
      names.filter((name) => name !== known),
      label,
      table.path,
    ),
    groups: known,
  };
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

/** A file with one name or number a row. */
export async function namesAt(
  path: string,
  column: string | undefined,
  options: ReadingOptions,
): Promise<Coded> {
  const content = await contentOf(path, { label: column, groups: undefined, inputsOnly: false }, options);
  if (content.kind === "arrays") return labelsOf(onlyArray(content), path);
  const names = content.columns.map(({ name }) => name);
  return columnAsNames(content, labelColumnOf(names, column, path));
}

function onlyArray({ path, arrays }: Arrays): NumberArray | NameArray {
  if (arrays.length === 1) return arrays[0];
  throw new Problem(
    `${path} holds ${arrays.length} arrays (${arrays.map(({ name }) => name).join(", ")}), where one is looked for. Save it alone`,
  );
}

type Found = Partial<Record<"inputs" | "labels" | "groups", NumberArray | NameArray>>;

/** Arrays named x and y, train_x and train_y, and so on. */
function partsOfArrays(
  { path, arrays }: Arrays,
  alone: PartName,
  options: ReadingOptions,
): Map<PartName, RawPart> {
  const parts = new Map<PartName, Found>();
  for (const array of arrays) {
    const meaning = meaningOf(array.name);
    const part = meaning.part ?? alone;
    const role = meaning.role ?? (arrays.length === 1 ? "inputs" : null);
    if (role === null) continue;
    const found = parts.get(part) ?? {};
    if (found[role] !== undefined)
      throw new Problem(
        `${path}: ${found[role].name} and ${array.name} could both be the ${role} of the ${part} part. Keep the one that is meant`,
      );
    found[role] = array;
    parts.set(part, found);
  }
  const raw = new Map<PartName, RawPart>();
  for (const [part, { inputs, labels, groups }] of parts) {
    if (inputs === undefined || (labels === undefined && !options.unlabelled)) continue;
    const found: RawPart = {
      inputs: { kind: "array", array: numbersOf(inputs, path) },
      labels: labels === undefined ? null : labelsOf(labels, path),
      groups: groups === undefined ? null : labelsOf(groups, path),
      label: null,
      apart: [],
      path,
      placeOf: numberedRow,
    };
    matching(found, found.labels, "labels", null);
    matching(found, found.groups, "groups", null);
    raw.set(part, found);
  }
  if (raw.size > 0) return raw;
  const names = arrays.map(({ name }) => name).filter((name) => name !== "");
  throw new Problem(
    names.length === 0
      ? `${path} holds one array, and no labels are named. Name the file of the labels after it`
      : `${path} holds ${names.join(", ")}, and nothing tells inputs from labels. Name the arrays x and y, or x_train, y_train, x_test and y_test`,
  );
}

function numbersOf(array: NumberArray | NameArray, path: string): NumberArray {
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

function matching(part: RawPart, names: Coded | null, what: string, path: string | null): void {
  const rows = rowCount(part.inputs);
  if (names === null || names.codes.length === rows) return;
  const hint = /\.[ct]sv(\.gz)?$/i.test(path ?? "") ? " Its first line is the column's name." : "";
  throw new Problem(
    `${part.path} has ${rows} rows, and there are ${names.codes.length} ${what}${path === null ? "" : ` in ${path}`}.${hint} One of them belongs to other data`,
  );
}
