import { openBytes, readAll } from "./containers/bytes.js";
import { Problem } from "./problem.js";

const MOST_BYTES = 2 ** 30;

/** Names of classes in a text, one a line in the order of the classes. Several may be the same, as two of ImageNet are. */
export function readClassNames(path: string, classes: number): string[] {
  const names = linesOf(readAll(openBytes(path), MOST_BYTES));
  if (names.length !== classes)
    throw new Problem(
      `${path} has ${names.length} names for ${classes} classes: give one a line, in the order of the classes, or do without that file`,
    );
  const empty = names.indexOf("");
  if (empty >= 0) throw new Problem(`${path}: line ${empty + 1} is empty, and class ${empty} needs a name`);
  return names;
}

export function checkClassNames(names: readonly string[], classes: number): void {
  if (names.length !== classes)
    throw new Problem(
      `${names.length} names of classes were given for the ${classes} classes of the head: give one a class, in their order`,
    );
}

/** Lines without the spaces around them; an empty one at the end is none. */
export function linesOf(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes)
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .replace(/\r?\n$/, "");
  return text.split(/\r?\n/).map((line) => line.trim());
}

/** A list, or an object from number to name, as JSON or as Python writes it; null for what is neither. */
export function namesIn(text: string): string[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return pythonNames(text);
  }
  if (typeof value !== "object" || value === null) return null;
  const names = Array.isArray(value)
    ? value
    : Object.keys(value).map((_, i) => (value as Record<string, unknown>)[i]);
  return names.every((name) => typeof name === "string") ? names : null;
}

/** {0: 'cat', 1: "dog's"} in order. */
function pythonNames(text: string): string[] | null {
  if (!/^\s*\{.*\}\s*$/s.test(text)) return null;
  const names: string[] = [];
  for (const [, number, single, double] of text.matchAll(
    /(?<!\d)(\d{1,7}):\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g,
  )) {
    if (Number(number) !== names.length) return null;
    names.push((single ?? double ?? "").replace(/\\(.)/g, "$1"));
  }
  return names;
}
