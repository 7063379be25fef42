import { floatTexts } from "./floats.js";

/** The classes of rows as the classification extension writes them, "value:index:label", or "value:index" of a class without a label. */
export function classification(
  values: Float32Array,
  classes: Int32Array,
  labels: readonly string[],
): string[] {
  // All at once: one by one they would take five times as long.
  const lines = floatTexts(values);
  for (let i = 0; i < lines.length; i++) {
    const label = labels[classes[i]];
    lines[i] += label ? `:${classes[i]}:${label}` : `:${classes[i]}`;
  }
  return lines;
}
