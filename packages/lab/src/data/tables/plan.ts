import { Problem } from "../../problem.js";
import type { Coded, Column, NameColumn, Table } from "../content.js";
import { LABEL_COLUMNS } from "../names.js";

/** What becomes of a column: so many numbers of a row. Plain data, kept with a model so that other files are read alike. */
export type ColumnPlan =
  | { readonly kind: "number"; readonly name: string }
  | { readonly kind: "vector"; readonly name: string; readonly width: number }
  | { readonly kind: "category"; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: "text"; readonly name: string; readonly hash: number };

export const widthOf = (plan: ColumnPlan): number => {
  if (plan.kind === "number") return 1;
  if (plan.kind === "vector") return plan.width;
  return plan.kind === "category" ? plan.values.length : plan.hash;
};

export const widthsOf = (plans: readonly ColumnPlan[]): number =>
  plans.reduce((width, plan) => width + widthOf(plan), 0);

/** Whether there is a mean to be taken off: of numbers as they were measured. */
export const isMeasured = ({ kind }: ColumnPlan): boolean => kind === "number" || kind === "vector";

/** What the number at a place of a row stands for. */
export function nameAt(plans: readonly ColumnPlan[], place: number): string {
  let at = place;
  for (const plan of plans) {
    if (at < widthOf(plan))
      return plan.kind === "vector" ? `column ${plan.name}[${at}]` : `column ${plan.name}`;
    at -= widthOf(plan);
  }
  return `column ${place + 1}`;
}

/** The column of the classes: the one asked for, else one of a name that says so, else the last. */
export function labelColumnOf(names: readonly string[], asked: string | undefined, path: string): string {
  if (asked !== undefined) {
    if (names.includes(asked)) return asked;
    throw new Problem(`${path} has no column ${asked} (--label). It has ${names.slice(0, 20).join(", ")}`);
  }
  for (const usual of LABEL_COLUMNS) {
    const found = names.find((name) => name.toLowerCase() === usual);
    if (found !== undefined) return found;
  }
  const last = names.at(-1);
  if (last === undefined) throw new Problem(`${path} has no columns. Is it the right file?`);
  return last;
}

/** Names of more kinds than these are text. */
const MOST_CATEGORIES = 256;
const FEW = 20;

export interface PlanOptions {
  readonly columns: readonly string[] | undefined;
  /** Columns that are no inputs: of labels and groups. */
  readonly apart: readonly string[];
  readonly hash: number;
}

export function planOf(table: Table, options: PlanOptions): { plans: ColumnPlan[]; notes: string[] } {
  const notes: string[] = [];
  const all = table.columns.filter(({ name }) => !options.apart.includes(name));
  const chosen =
    options.columns?.map((name) => columnOf(table, name)) ??
    all.filter((column) => {
      const counts = countsRows(column) && all.length > 1;
      if (counts) notes.push(`Column ${column.name} only counts the rows, and is left out.`);
      return !counts;
    });
  if (chosen.length === 0)
    throw new Problem(`${table.path} has no columns beside the labels. Name a table that has inputs`);
  const plans = chosen.map((column): ColumnPlan => {
    const { name } = column;
    if (column.kind === "numbers") return { kind: "number", name };
    if (column.kind === "vectors") return { kind: "vector", name, width: column.width };
    if (isText(column, chosen.length === 1)) {
      notes.push(`Column ${name} is text: its n-grams of letters are hashed to ${options.hash} numbers.`);
      return { kind: "text", name, hash: options.hash };
    }
    return { kind: "category", name, values: [...column.values.names].sort() };
  });
  return { plans, notes };
}

export function columnOf({ columns, path }: Table, name: string): Column {
  const found = columns.find((column) => column.name === name);
  if (found !== undefined) return found;
  const others = columns.map((column) => column.name).slice(0, 20);
  throw new Problem(`${path} has no column ${name}. It has ${others.join(", ")}`);
}

/** What a table written with an index has: 0, 1, 2 … or 1, 2, 3 … */
function countsRows(column: Column): boolean {
  if (column.kind !== "numbers" || column.values.length < 10) return false;
  const [first] = column.values;
  return (first === 0 || first === 1) && column.values.every((value, row) => value === first + row);
}

/** Sentences, or names of which most rows have one of their own; alone, whatever is no handful of names again and again. */
function isText({ values, categorical }: NameColumn, alone: boolean): boolean {
  const { names, codes } = values;
  if (categorical || names.length > codes.length / 2) return !categorical && (alone || names.length > FEW);
  return names.length > (alone ? FEW : MOST_CATEGORIES);
}

/** A table's column as names that stand for something: classes or groups. */
export function namesIn(table: Table, name: string, asNumbers: (values: ArrayLike<number>) => Coded): Coded {
  const column = columnOf(table, name);
  if (column.kind === "vectors")
    throw new Problem(`${table.path}: column ${name} holds lists. Name a column of one number or name a row`);
  const missing = column.kind === "numbers" ? column.missing : column.values.codes.indexOf(-1);
  if (missing !== -1)
    throw new Problem(
      `${table.path}, ${table.placeOf(missing)}, column ${name}: the value is missing. Fill it or leave the row out`,
    );
  return column.kind === "numbers" ? asNumbers(column.values) : column.values;
}
