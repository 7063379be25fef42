import { Problem } from "fixed-classifier-models/files";

/** What can be added to each row: the best classes, their logits, their softmax, their names; and the free energy of the row. */
export const QUANTITIES = ["class", "score", "probability", "label", "energy"] as const;

export type Quantity = (typeof QUANTITIES)[number];

/** One column that is added. */
export interface Added {
  readonly quantity: Quantity;
  readonly name: string;
  readonly type: "int32" | "float32" | "utf8";
  /** Whether a row has a list of the k best, or one value. */
  readonly isList: boolean;
}

const TYPES = {
  class: "int32",
  score: "float32",
  probability: "float32",
  label: "utf8",
  energy: "float32",
} as const;

/** The columns that are added, in the order of QUANTITIES; with one class a row they are plain values, with more they are lists. */
export function addedColumns(quantities: readonly Quantity[], top: number, prefix: string): Added[] {
  return QUANTITIES.filter((quantity) => quantities.includes(quantity)).map((quantity) => ({
    quantity,
    name: `${prefix}${quantity}`,
    type: TYPES[quantity],
    isList: top > 1 && quantity !== "energy",
  }));
}

/** A list as given by --columns; "none" adds nothing. */
export function quantitiesOf(list: string): Quantity[] {
  if (list === "none") return [];
  const names = list.split(",").map((name) => name.trim());
  for (const name of names) {
    if (!QUANTITIES.includes(name as Quantity)) {
      throw new Problem(`--columns: there is no "${name}"; give some of ${QUANTITIES.join(",")}, or none`);
    }
  }
  return names as Quantity[];
}

/** Refuses names that the table has already: readers differ in which of two columns they take. */
export function checkNames(where: string, added: readonly Added[], present: readonly string[]): void {
  const twice = added.find(({ name }) => present.includes(name));
  if (twice !== undefined) {
    throw new Problem(`${where} has a column "${twice.name}" already; give another name by --prefix`);
  }
}
