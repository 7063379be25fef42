import { product } from "./arrays.js";
import { assemble, type GivenPart, type Loaded } from "./assemble.js";
import { checkClasses, constantColumns, type Names, sameShapes, scan } from "./checks.js";
import { namesOf } from "./class-names.js";
import { discover } from "./discover.js";
import { Digest } from "./hash.js";
import type { Rows } from "./inputs.js";
import { countsOf, numbered, sortedClasses, used } from "./labels.js";
import { denseNames, type InputLayout, layoutOf, rowsOf } from "./layout.js";
import type { PartName } from "./names.js";
import type { DataOptions } from "./options.js";
import { readGroups, readParts } from "./parts.js";
import type { RawPart } from "./raw-part.js";
import { isMeasured, widthOf } from "./tables/plan.js";

/** Reads data of any format that FORMATS has, numbers the classes and divides what its files do not divide. */
export async function loadDataset(paths: readonly string[], options: DataOptions = {}): Promise<Loaded> {
  const plan = discover(paths);
  const path = paths.join(", ");
  const raw = await readGroups(await readParts(plan, options), options);
  const first = raw.get("train") ?? [...raw.values()][0];
  const labels = sortedClasses([...raw.values()].flatMap((part) => used(part.labels)));
  checkClasses(path, first.labels.codes.length, labels);
  const { classes, note } = namesOf(labels, plan.classNames);
  const { layout, notes } = await layoutOf(first, options);
  const rows = new Map<PartName, Rows>();
  for (const [part, { inputs, path: file }] of raw) rows.set(part, await rowsOf(inputs, layout, file));
  sameShapes([...raw].map(([part, { path: file }]) => ({ path: file, shape: rows.get(part)?.shape ?? [] })));

  const digest = new Digest();
  const groups = numberedGroups([...raw.values()]);
  const given = new Map<PartName, GivenPart>();
  const columnName = denseNames(layout);
  const passed = plan.unused.map((file) => `${file} is not used: its name does not say what it holds.`);
  const remarks = [note, labelNote(first, options), ...notes, ...passed];
  for (const [part, found] of raw) {
    const inputs = rows.get(part) as Rows;
    const own = numbered(found.labels, labels);
    const places: Names = { path: found.path, placeOf: found.placeOf, columnName };
    digest.text(`${part} ${inputs.rows} ${inputs.shape.join(" ")}`);
    const extent = scan(inputs, places, digest);
    digest.numbers(own);
    const group = found.groups === null ? null : numbered(found.groups, groups);
    if (group !== null) digest.numbers(group);
    if (found === first && inputs.shape.length === 1) remarks.push(constantColumns(extent, columnName));
    given.set(part, { inputs, labels: own, groups: group });
  }
  for (const name of classes) digest.text(name);
  digest.text(JSON.stringify(layout));
  const shape = rows.values().next().value?.shape ?? [];
  return assemble({
    name: plan.name,
    path,
    given,
    options,
    layout: { ...layout, shape, classes, labels, label: first.label },
    measured: standardPlaces(layout, shape, options),
    hash: digest.hex(),
    notes: remarks.filter((some) => some !== null),
  });
}

/** How many rows each class has, in all parts. */
export const available = (data: Loaded): Int32Array => {
  const counts = new Int32Array(data.classes.length);
  for (const { labels } of [data.train, data.validation, data.test])
    countsOf(labels, counts.length).forEach((count, k) => {
      counts[k] += count;
    });
  return counts;
};

function numberedGroups(parts: readonly RawPart[]): string[] {
  return [...new Set(parts.flatMap(({ groups }) => (groups === null ? [] : used(groups))))];
}

/** Said where it was not asked for. */
function labelNote({ label }: RawPart, options: DataOptions): string | null {
  if (label === null || options.label !== undefined) return null;
  return `The classes are the column ${label}; another one is named by --label.`;
}

/** Those that are brought to mean 0: what was measured. Marks of categories and n-grams stay as they are. */
function standardPlaces(
  layout: InputLayout,
  shape: readonly number[],
  options: DataOptions,
): number[] | null {
  if (!(options.standardize ?? layout.columns !== null)) return null;
  const kinds = layout.columns ?? [{ kind: "vector", name: "", width: product(shape) } as const];
  let at = 0;
  const places = kinds.flatMap((plan) => {
    const from = at;
    at += widthOf(plan);
    return isMeasured(plan) ? Array.from({ length: at - from }, (_, k) => from + k) : [];
  });
  return places.length === 0 ? null : places;
}
