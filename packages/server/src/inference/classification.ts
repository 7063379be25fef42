/** The classes of rows as the classification extension writes them, "value:index:label", or "value:index" of a class without a label. */
export function classification(
  values: Float32Array,
  classes: Int32Array,
  labels: readonly string[],
): string[] {
  const lines = new Array<string>(classes.length);
  for (let i = 0; i < lines.length; i++) {
    const label = labels[classes[i]];
    const line = `${decimal(values[i])}:${classes[i]}`;
    lines[i] = label ? `${line}:${label}` : line;
  }
  return lines;
}

/** A decimal number of nine digits at most that is this float32, as every language reads it. */
export function decimal(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  for (let digits = 7; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}
