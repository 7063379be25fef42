import { Problem } from "../problem.js";
import { wholeFile } from "./bytes.js";
import { numberingNote } from "./labels.js";

/** Names of a file beside the data stand for the numbers that labels are, where they fit. */
export function namesOf(
  labels: readonly string[],
  file: string | null,
): { classes: readonly string[]; note: string | null } {
  const note = numberingNote(labels);
  if (file === null || !labels.every((name) => /^\d+$/.test(name))) return { classes: labels, note };
  const names = listOf(file);
  const fits = names.length > Number(labels.at(-1)) && new Set(names).size === names.length;
  if (fits) return { classes: labels.map((number) => names[Number(number)]), note };
  return {
    classes: labels,
    note: `${file} names ${names.length} classes, which do not fit the labels ${labels[0]} to ${labels.at(-1)}, and is not used.`,
  };
}

function listOf(path: string): string[] {
  const text = Buffer.from(wholeFile(path)).toString("utf8");
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
