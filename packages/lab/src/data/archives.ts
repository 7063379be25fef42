import { Problem } from "../problem.js";
import type { Arrays, NameArray, NumberArray } from "./content.js";
import { labelsOf } from "./labels.js";
import { meaningOf, type PartName } from "./names.js";
import { matching, numberedRow, numbersOf, type RawPart, type ReadingOptions } from "./raw-part.js";

type Found = Partial<Record<"inputs" | "labels" | "groups", NumberArray | NameArray>>;

/** Arrays named x and y, train_x and train_y, and so on. */
export function partsOfArrays(
  { path, arrays }: Arrays,
  alone: PartName,
  { label, need = "needed" }: ReadingOptions,
): Map<PartName, RawPart> {
  const asked = arrays.some(({ name }) => name === label);
  const parts = new Map<PartName, Found>();
  for (const array of arrays) {
    const meaning = meaningOf(array.name);
    const part = meaning.part ?? alone;
    const said = meaning.role ?? (arrays.length === 1 ? "inputs" : null);
    const role = array.name === label ? "labels" : said;
    if (role === null || (asked && role === "labels" && array.name !== label)) continue;
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
    if (inputs === undefined || (labels === undefined && need === "needed")) continue;
    const found: RawPart = {
      inputs: { kind: "array", array: numbersOf(inputs, path) },
      labels: labels === undefined || need === "ignored" ? null : labelsOf(labels, path),
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
