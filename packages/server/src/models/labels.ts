import { Problem } from "fixed-classifier-models/files";

/** The names of classes in a text, one a line; an empty line is a class without one. */
export function labelsOf(text: string, path: string, classes: number): string[] {
  const labels = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  if (labels.at(-1) === "") labels.pop();
  if (labels.length !== classes) {
    throw new Problem(
      `${path} has ${labels.length} lines, but the head has ${classes} classes; give one line a class, empty where it has no name`,
    );
  }
  return labels;
}

/** The names that `convert` keeps in a head's file, among the metadata; none where there are none, or of other classes. */
export function labelsIn(safetensors: Uint8Array, classes: number): string[] {
  const { buffer, byteOffset, byteLength } = safetensors;
  const length = Number(new DataView(buffer, byteOffset, byteLength).getBigUint64(0, true));
  const header = JSON.parse(Buffer.from(buffer, byteOffset + 8, length).toString());
  let names: unknown;
  try {
    names = JSON.parse(header.__metadata__?.class_names ?? "[]");
  } catch {
    return [];
  }
  const list: unknown[] = Array.isArray(names) ? names : [];
  return list.length === classes && list.every((name) => typeof name === "string") ? list : [];
}
