import { existsSync } from "node:fs";
import { Problem } from "../problem.js";
import { partsOfArrays } from "./archives.js";
import type { Content, Table } from "./content.js";
import type { Place, Plan } from "./discover.js";
import { imageFiles } from "./images.js";
import { contentOf, namesAt, namesFrom } from "./named.js";
import type { PartName } from "./names.js";
import type { DataOptions } from "./options.js";
import {
  type LabelledPart,
  labelled,
  matching,
  numberedRow,
  numbersOf,
  onlyArray,
  type RawInputs,
  type RawPart,
  type ReadingOptions,
} from "./raw-part.js";
import { joinTables } from "./tables/join.js";
import { labelColumnOf } from "./tables/plan.js";

const IN_ORDER: readonly PartName[] = ["train", "validation", "test"];

/** All parts of the files, each with labels, in an order that does not come from the names of files. */
export async function readParts(plan: Plan, options: DataOptions): Promise<Map<PartName, LabelledPart>> {
  const raw = new Map<PartName, LabelledPart>();
  let { label } = options;
  for (const part of IN_ORDER) {
    const place = plan.parts.get(part);
    if (place === undefined) continue;
    const reading = label === undefined ? options : { ...options, label };
    for (const [found, rows] of await readPlace(place, part, reading)) raw.set(found, labelled(rows));
    // Which column holds the classes is told by the training part for all.
    label ??= raw.get("train")?.label ?? undefined;
  }
  return new Map([...raw].sort(([a], [b]) => IN_ORDER.indexOf(a) - IN_ORDER.indexOf(b)));
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
  const groups = await namesAt(file, { memory: options.memory });
  const grouped = { ...train, groups };
  matching(grouped, groups, "groups", file);
  return new Map([...parts, ["train", grouped]]);
}

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
  const { label, groups: groupColumn, memory } = options;
  const inputsOnly = place.labels !== null;
  const contents: Content[] = [];
  for (const path of [place.inputs, ...place.more])
    contents.push(await contentOf(path, { label, groups: groupColumn, inputsOnly }, memory));
  const content = whole(contents);
  if (place.labels === null && content.kind === "arrays") return partsOfArrays(content, part, options);
  const inputs: RawInputs =
    content.kind === "table"
      ? { kind: "table", table: content }
      : { kind: "array", array: numbersOf(onlyArray(content), place.inputs) };
  const apart =
    content.kind === "table" ? columnsApart(content, place, options) : { label: null, groups: null };
  const labels =
    options.need === "ignored"
      ? null
      : await namesFrom(place.labels, content, apart.label, { label, memory });
  const groups = await namesFrom(place.groups, content, apart.groups, { memory });
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

/** Of several files the rows of all, which have to be tables. */
function whole(contents: readonly Content[]): Content {
  const tables = contents.filter((content) => content.kind === "table");
  if (tables.length === contents.length) return joinTables(tables);
  if (contents.length === 1) return contents[0];
  throw new Problem(
    `${contents[0].path} and ${contents[1].path} are pieces of one whole, which only tables can be. Join them into one file`,
  );
}

/** Which columns hold no inputs. */
function columnsApart(
  table: Table,
  place: Extract<Place, { kind: "files" }>,
  { label, groups, need = "needed" }: ReadingOptions,
): { label: string | null; groups: string | null } {
  const names = table.columns.map(({ name }) => name);
  const known = groups !== undefined && names.includes(groups) ? groups : null;
  if (place.labels !== null || (need !== "needed" && (label === undefined || !names.includes(label))))
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
