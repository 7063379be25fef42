import { readFileSync } from "node:fs";
import { Problem } from "../problem.js";
import { assemble, type GivenPart, type Loaded } from "./assemble.js";
import { checkClasses, constantColumns, scan } from "./checks.js";
import { discover, type Plan } from "./discover.js";
import { Digest } from "./hash.js";
import { numbered, numberingNote, sortedClasses } from "./labels.js";
import type { PartName } from "./names.js";
import type { DataOptions } from "./options.js";
import { type RawPart, readPlace } from "./parts.js";

/** Reads data of any format that FORMATS has, numbers the classes and divides what is not divided. */
export async function loadDataset(paths: readonly string[], options: DataOptions = {}): Promise<Loaded> {
  const plan = discover(paths);
  const raw = new Map<PartName, RawPart>();
  for (const [part, place] of plan.parts)
    for (const [found, rows] of await readPlace(place, part, options)) raw.set(found, rows);
  const path = paths.join(", ");
  sameShapes([...raw.values()]);
  const numbers = sortedClasses(
    [...raw.values()].flatMap(({ labels: { codes, names } }) => {
      const used = new Uint8Array(names.length);
      for (const code of codes) used[code] = 1;
      return names.filter((_, code) => used[code] === 1);
    }),
  );
  const rows = raw.get("train")?.labels.codes.length ?? 0;
  checkClasses(path, rows, numbers);
  const { classes, note } = namesOf(numbers, plan);
  const digest = new Digest();
  const notes = [note];
  const given = new Map<PartName, GivenPart>();
  for (const [part, { inputs, labels, path: file }] of raw) {
    const own = numbered(labels, numbers);
    digest.text(`${part} ${inputs.rows} ${inputs.shape.join(" ")}`);
    const extent = scan(file, inputs, columnName, digest);
    if (part === "train" && inputs.shape.length === 1) notes.push(constantColumns(extent, columnName));
    digest.numbers(own);
    given.set(part, { inputs, labels: own });
  }
  for (const name of classes) digest.text(name);
  return assemble({
    name: plan.name,
    path,
    classes,
    given,
    options,
    hash: digest.hex(),
    notes: notes.filter((some) => some !== null),
  });
}

const columnName = (column: number): string => `column ${column + 1}`;

function sameShapes(parts: readonly RawPart[]): void {
  const [first, ...others] = parts;
  for (const other of others) {
    if (other.inputs.shape.join() !== first.inputs.shape.join())
      throw new Problem(
        `The rows of ${first.path} are ${first.inputs.shape.join(" × ")}, those of ${other.path} ${other.inputs.shape.join(" × ")}. Parts have rows of one shape`,
      );
  }
}

/** Names of a file beside the data stand for the numbers, where they fit. */
function namesOf(numbers: string[], { classNames }: Plan): { classes: string[]; note: string | null } {
  const note = numberingNote(numbers);
  if (classNames === null || !numbers.every((name) => /^\d+$/.test(name))) return { classes: numbers, note };
  const names = listOf(classNames);
  const fits = names.length > Number(numbers.at(-1)) && new Set(names).size === names.length;
  if (fits) return { classes: numbers.map((number) => names[Number(number)]), note };
  return {
    classes: numbers,
    note: `${classNames} names ${names.length} classes, which do not fit the labels ${numbers[0]} to ${numbers.at(-1)}, and is not used.`,
  };
}

function listOf(path: string): string[] {
  const text = readFileSync(path, "utf8");
  if (!path.endsWith(".json"))
    return text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== "");
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.every((name) => typeof name === "string")) return list;
  } catch {
    // Said below.
  }
  throw new Problem(
    `${path} should be a list of the names of classes, ["first", "second"]. Mend or remove it`,
  );
}
