import { createHash } from "node:crypto";
import type { Dataset, Inputs, Part } from "../../data/dataset.js";
import { Problem } from "../../problem.js";

/** Rows of classes that training never sees, in the same three parts. */
export interface Outside {
  readonly train: Part;
  readonly validation: Part;
  readonly test: Part;
}

/** Takes some classes out of a data set: what is left has classes without gaps, in their order. */
export function holdOutClasses(data: Dataset, names: readonly string[]): { data: Dataset; outside: Outside } {
  const out = new Set(
    names.map((name) => {
      const found = data.classes.indexOf(name);
      if (found < 0)
        throw new Problem(
          `--ood-classes ${names.join(",")}: ${data.name} has no class "${name}"; its classes are ${shortList(data.classes)}`,
        );
      return found;
    }),
  );
  if (out.size === 0) throw new Problem("--ood-classes names no class");
  const kept = data.classes.flatMap((_, c) => (out.has(c) ? [] : [c]));
  if (kept.length < 2)
    throw new Problem(
      `--ood-classes ${names.join(",")} leaves ${kept.length === 0 ? "no class" : "one class"} of ${data.name}; a classifier needs two`,
    );
  const renumbered = new Map(kept.map((c, k) => [c, k]));
  const split = (part: Part) => {
    const inside: number[] = [];
    const outside: number[] = [];
    part.labels.forEach((label, row) => {
      (out.has(label) ? outside : inside).push(row);
    });
    return {
      inside: partOf(part, inside, (label) => renumbered.get(label) ?? -1),
      outside: partOf(part, outside, () => -1),
    };
  };
  const parts = {
    train: split(data.train),
    validation: split(data.validation),
    test: split(data.test),
  };
  if (parts.test.outside.labels.length === 0)
    throw new Problem(
      `--ood-classes ${names.join(",")}: the test part of ${data.name} has no row of them to measure on`,
    );
  return {
    data: {
      ...data,
      name: `${data.name} without ${names.join(", ")}`,
      classes: kept.map((c) => data.classes[c]),
      train: parts.train.inside,
      validation: parts.validation.inside,
      test: parts.test.inside,
      hash: createHash("sha256")
        .update(JSON.stringify([data.hash, [...out].sort((a, b) => a - b)]))
        .digest("hex"),
    },
    outside: {
      train: parts.train.outside,
      validation: parts.validation.outside,
      test: parts.test.outside,
    },
  };
}

function partOf({ inputs, labels }: Part, rows: readonly number[], rename: (label: number) => number): Part {
  return { inputs: rowsOf(inputs, rows), labels: Int32Array.from(rows, (row) => rename(labels[row])) };
}

/** Some rows, where they lie. */
function rowsOf(inputs: Inputs, rows: readonly number[]): Inputs {
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
