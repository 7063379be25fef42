import { createHash } from "node:crypto";
import type { Dataset, Inputs, Part } from "../../data/dataset.js";
import { Problem } from "../../problem.js";

/** Rows of classes that training never sees, in the same three parts. */
export interface Outside {
  readonly train: Part;
  readonly validation: Part;
  readonly test: Part;
}

/** Takes classes out of a data set, group by group: what is left has classes without gaps, in their order. */
export function holdOutClasses(
  data: Dataset,
  groups: readonly (readonly string[])[],
): { data: Dataset; groups: readonly Outside[] } {
  const names = groups.flat();
  const numbers = groups.map((group) => new Set(group.map((name) => numberOf(data, name))));
  const out = new Set(numbers.flatMap((group) => [...group]));
  if (out.size === 0) throw new Problem("no class is named to be held out");
  const kept = data.classes.flatMap((_, c) => (out.has(c) ? [] : [c]));
  if (kept.length < 2)
    throw new Problem(
      `without ${names.join(", ")} ${kept.length === 0 ? "no class" : "one class"} of ${data.name} is left; a classifier needs two`,
    );
  const renumbered = new Map(kept.map((c, k) => [c, k]));
  const inside = (part: Part) => some(part, (label) => renumbered.get(label));
  const outside = (group: ReadonlySet<number>) => (part: Part) =>
    some(part, (label) => (group.has(label) ? -1 : undefined));
  const partsBy = (of: (part: Part) => Part): Outside => ({
    train: of(data.train),
    validation: of(data.validation),
    test: of(data.test),
  });
  const found = numbers.map((group) => partsBy(outside(group)));
  found.forEach(({ train, test }, k) => {
    if (groups[k].length === 0 || (train.labels.length > 0 && test.labels.length > 0)) return;
    const part = test.labels.length === 0 ? "test" : "training";
    throw new Problem(`the ${part} part of ${data.name} has no row of ${groups[k].join(", ")}`);
  });
  return {
    data: {
      ...data,
      ...partsBy(inside),
      name: `${data.name} without ${names.join(", ")}`,
      classes: kept.map((c) => data.classes[c]),
      hash: createHash("sha256")
        .update(JSON.stringify([data.hash, numbers.map((group) => [...group].sort((a, b) => a - b))]))
        .digest("hex"),
    },
    groups: found,
  };
}

function numberOf({ name: data, classes }: Dataset, name: string): number {
  const found = classes.indexOf(name);
  if (found >= 0) return found;
  throw new Problem(`${data} has no class "${name}" to hold out; its classes are ${shortList(classes)}`);
}

/** The rows whose labels get a new one. */
function some({ inputs, labels }: Part, rename: (label: number) => number | undefined): Part {
  const rows: number[] = [];
  const renamed: number[] = [];
  labels.forEach((label, row) => {
    const now = rename(label);
    if (now === undefined) return;
    rows.push(row);
    renamed.push(now);
  });
  return { inputs: rowsOf(inputs, Int32Array.from(rows)), labels: Int32Array.from(renamed) };
}

/** Some rows, where they lie. */
function rowsOf(inputs: Inputs, rows: Int32Array): Inputs {
  return {
    rows: rows.length,
    shape: inputs.shape,
    bytes: Math.round((inputs.bytes * rows.length) / Math.max(1, inputs.rows)),
    gather: (wanted, out) =>
      inputs.gather(
        Int32Array.from(wanted, (row) => rows[row]),
        out,
      ),
  };
}

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 12).join(", ");
  return names.length > 12 ? `${shown} and ${names.length - 12} more` : shown;
}
