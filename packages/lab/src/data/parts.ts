import { Problem } from "../problem.js";
import { openBytes } from "./bytes.js";
import type { Arrays, Coded, Content, NameArray, NumberArray } from "./content.js";
import type { Place } from "./discover.js";
import { formatOf } from "./formats/index.js";
import { ArrayRows, type Rows } from "./inputs.js";
import { labelsOf } from "./labels.js";
import { meaningOf, type PartName } from "./names.js";
import { type DataOptions, DEFAULTS } from "./options.js";

/** The rows of one part as they were found, before anything is divided or numbered. */
export interface RawPart {
  readonly inputs: Rows;
  readonly labels: Coded;
  readonly groups: Coded | null;
  /** The file of the inputs, for messages. */
  readonly path: string;
}

export async function contentOf(path: string, options: DataOptions): Promise<Content> {
  const format = formatOf(path);
  return format.read(openBytes(path), { memory: options.memory ?? DEFAULTS.memory });
}

/** What lies at a place: one part, or several where a file has arrays of several. */
export async function readPlace(
  place: Place,
  part: PartName,
  options: DataOptions,
): Promise<Map<PartName, RawPart>> {
  if (place.kind === "images") throw new Problem(`${place.folder}: images are not read yet`);
  const content = await contentOf(place.inputs, options);
  if (content.kind === "table") throw new Problem(`${place.inputs}: tables are not read yet`);
  if (place.labels === null) return partsOfArrays(content, part);
  const inputs = onlyArray(content);
  const labels = labelsOf(onlyArray(await arraysOf(place.labels, options)), place.labels);
  const groups =
    place.groups === null ? null : labelsOf(onlyArray(await arraysOf(place.groups, options)), place.groups);
  return new Map([[part, rawPart(place.inputs, inputs, labels, groups, place.labels)]]);
}

async function arraysOf(path: string, options: DataOptions): Promise<Arrays> {
  const content = await contentOf(path, options);
  if (content.kind === "arrays") return content;
  throw new Problem(`${path} is a table where a file of labels is looked for`);
}

function onlyArray({ path, arrays }: Arrays): NumberArray | NameArray {
  if (arrays.length === 1) return arrays[0];
  throw new Problem(
    `${path} holds ${arrays.length} arrays (${arrays.map(({ name }) => name).join(", ")}), where one is looked for. Save it alone`,
  );
}

/** Arrays named x and y, train_x and train_y, and so on. */
function partsOfArrays({ path, arrays }: Arrays, alone: PartName): Map<PartName, RawPart> {
  const parts = new Map<PartName, Partial<Record<"inputs" | "labels" | "groups", NumberArray | NameArray>>>();
  for (const array of arrays) {
    const { part, role } = meaningOf(array.name);
    if (role === null) continue;
    const found = parts.get(part ?? alone) ?? {};
    if (found[role] !== undefined)
      throw new Problem(
        `${path}: ${found[role].name} and ${array.name} could both be the ${role} of the ${part ?? alone} part. Keep the one that is meant`,
      );
    found[role] = array;
    parts.set(part ?? alone, found);
  }
  const raw = new Map<PartName, RawPart>();
  for (const [part, { inputs, labels, groups }] of parts) {
    if (inputs === undefined || labels === undefined) continue;
    const named = groups === undefined ? null : labelsOf(groups, path);
    raw.set(part, rawPart(path, inputs, labelsOf(labels, path), named, path));
  }
  if (raw.size > 0) return raw;
  const names = arrays.map(({ name }) => name).filter((name) => name !== "");
  throw new Problem(
    names.length === 0
      ? `${path} holds one array, and no labels are named. Name the file of the labels after it`
      : `${path} holds ${names.join(", ")}, and nothing tells inputs from labels. Name the arrays x and y, or x_train, y_train, x_test and y_test`,
  );
}

function rawPart(
  path: string,
  inputs: NumberArray | NameArray,
  labels: Coded,
  groups: Coded | null,
  labelPath: string,
): RawPart {
  if (inputs.kind === "names")
    throw new Problem(
      `${path} holds strings, where numbers are looked for. Save text in a table (.csv, .parquet)`,
    );
  const rows = inputs.shape[0] ?? 0;
  if (inputs.shape.length === 0)
    throw new Problem(`${path} holds one number. Save an array with a row an example`);
  matching(path, rows, labels, "labels", labelPath);
  if (groups !== null) matching(path, rows, groups, "groups", labelPath);
  return { inputs: new ArrayRows(inputs, scaleOf(inputs)), labels, groups, path };
}

/** Bytes of images are brought to 0 … 1. */
const scaleOf = ({ element, shape }: NumberArray): number =>
  element.name === "uint8" && shape.length >= 3 ? 1 / 255 : 1;

function matching(path: string, rows: number, { codes }: Coded, what: string, other: string): void {
  if (codes.length === rows) return;
  throw new Problem(
    `${path} has ${rows} rows and ${other} has ${codes.length} ${what}. One of them belongs to other data`,
  );
}
