import type { ModelProto } from "./onnx_pb.js";

/** Keys of the metadata under which exporters leave the names of classes. */
const KEYS = ["names", "class_names", "classes", "labels", "id2label"];

/** Names of the classes from the model's metadata; null where there are none, or another number of them. */
export function classNamesOf(model: ModelProto, classes: number): string[] | null {
  for (const key of KEYS) {
    const value = model.metadataProps.find((pair) => pair.key === key)?.value;
    const names = value === undefined ? null : namesIn(value);
    if (names !== null && names.length === classes) return names;
  }
  return null;
}

/** A list, or an object from number to name, as JSON or as Python writes it. */
function namesIn(text: string): string[] | null {
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
