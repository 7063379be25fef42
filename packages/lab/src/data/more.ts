import { Problem } from "../problem.js";
import { scan } from "./checks.js";
import type { Inputs } from "./dataset.js";
import { discover } from "./discover.js";
import { Digest } from "./hash.js";
import { numbered } from "./labels.js";
import { denseNames, type Layout, rowsOf } from "./layout.js";
import type { PartName } from "./names.js";
import type { DataOptions } from "./options.js";
import { readPlace } from "./parts.js";
import { labelled, type RawPart } from "./raw-part.js";
import { standardized } from "./standard.js";

/** Rows of another file, as a model has learned to read them. */
export interface MoreRows {
  readonly inputs: Inputs;
  /** Numbers of the model's classes; null where there are none or none are wanted. */
  readonly labels: Int32Array | null;
  readonly path: string;
  /** Where a row is for who looks into the file: "line 7", "row 6", the path of an image. */
  readonly placeOf: (row: number) => string;
  readonly hash: string;
}

export interface MoreOptions extends Pick<DataOptions, "label" | "memory"> {
  /** "needed" to evaluate, "ignored" for rows of strangers, "taken" (if not set) where there are some. */
  readonly labels?: "needed" | "taken" | "ignored";
  /** Which part, where the files hold several. If not set: the test part. */
  readonly part?: PartName;
}

/** Reads other files by the layout of the data that a model was trained on: the same columns, classes and scales. */
export async function loadInputs(
  paths: readonly string[],
  options: MoreOptions,
  like: Layout,
): Promise<MoreRows> {
  const { labels: need = "taken" } = options;
  const raw = await onePart(paths, options, like);
  const inputs = await rowsOf(raw.inputs, like, raw.path);
  if (inputs.rows === 0) throw new Problem(`${raw.path} has no rows. It takes one at least`);
  if (inputs.shape.join() !== like.shape.join())
    throw new Problem(
      `The rows of ${raw.path} are ${inputs.shape.join(" × ")}, and the model was trained on rows of ${like.shape.join(" × ")}. Give it data of the same kind`,
    );
  const digest = new Digest();
  scan(inputs, { path: raw.path, placeOf: raw.placeOf, columnName: denseNames(like) }, digest);
  const { labels } = need === "needed" ? labelled(raw) : raw;
  const numbers = labels === null || need === "ignored" ? null : known(raw, like);
  if (numbers !== null) digest.numbers(numbers);
  return {
    inputs: standardized(inputs, like.standard),
    labels: numbers,
    path: raw.path,
    placeOf: raw.placeOf,
    hash: digest.hex(),
  };
}

async function onePart(paths: readonly string[], options: MoreOptions, like: Layout): Promise<RawPart> {
  const { memory, part } = options;
  const label = options.label ?? like.label ?? undefined;
  const reading = {
    need: options.labels ?? ("taken" as const),
    ...(label === undefined ? {} : { label }),
    ...(memory === undefined ? {} : { memory }),
  };
  const parts = new Map<PartName, RawPart>();
  for (const [name, place] of discover(paths).parts)
    for (const [found, rows] of await readPlace(place, name, reading)) parts.set(found, rows);
  const [only] = parts.values();
  const wanted = parts.size === 1 ? only : parts.get(part ?? "test");
  if (wanted !== undefined) return wanted;
  throw new Problem(
    `${paths.join(", ")} has no ${part ?? "test"} part. It has ${[...parts.keys()].join(", ")}; name the files of one`,
  );
}

/** By what labels were called in the model's own files, or by the names of its classes. */
function known(raw: RawPart, like: Layout): Int32Array {
  const { codes, names } = labelled(raw).labels;
  const labels = { codes, names };
  const byLabel = numbered(labels, like.labels);
  const unknown = byLabel.indexOf(-1);
  if (unknown === -1) return byLabel;
  const byName = numbered(labels, like.classes);
  if (!byName.includes(-1)) return byName;
  throw new Problem(
    `${raw.path}, ${raw.placeOf(unknown)}: the class ${names[codes[unknown]]} is none of the ${like.classes.length} that the model knows. Leave such rows out`,
  );
}
