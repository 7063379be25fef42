import { Problem } from "fixed-classifier-models/files";
import type { NumberType } from "../rows.js";
import { ELEMENT, FILE } from "./footer.js";
import { damaged } from "./problem.js";
import type { Struct } from "./thrift.js";

/** The column of features: one list of numbers a row. */
export interface FeatureColumn {
  readonly name: string;
  /** Which chunk of a group of rows it is. */
  readonly index: number;
  readonly number: NumberType;
  /** The level at which a number is there, and that at which its list is there. */
  readonly mostDefinition: number;
  readonly listDefinition: number;
}

const FLOAT = 4;
const DOUBLE = 5;
const FIXED = 7;
const FLOAT16 = 15;
const OPTIONAL = 1;
const REPEATED = 2;
const DEEPEST = 64;

interface Leaf {
  readonly element: Struct;
  readonly definition: number;
  readonly repetition: number;
  readonly listDefinition: number;
}

interface TopColumn {
  readonly name: string;
  readonly first: number;
  readonly leaves: readonly Leaf[];
}

/** The columns of the schema, which lists its tree from the top, each element before its children. */
export function topColumns(table: string, footer: Struct): TopColumn[] {
  const elements = footer.structs(FILE.schema);
  let at = 1;
  let leafCount = 0;
  const leaves = (definition: number, repetition: number, listDefinition: number, depth: number): Leaf[] => {
    const element = elements[at++];
    if (element === undefined || depth > DEEPEST) throw damaged(table, "its schema is no tree");
    const kind = element.number(ELEMENT.repetition);
    const isRepeated = kind === REPEATED;
    const levels = [
      definition + (kind === OPTIONAL || isRepeated ? 1 : 0),
      repetition + (isRepeated ? 1 : 0),
      isRepeated ? definition + 1 : listDefinition,
    ] as const;
    const children = element.number(ELEMENT.children) ?? 0;
    if (children === 0) {
      leafCount++;
      return [{ element, definition: levels[0], repetition: levels[1], listDefinition: levels[2] }];
    }
    const found: Leaf[] = [];
    for (let k = 0; k < children; k++) for (const leaf of leaves(...levels, depth + 1)) found.push(leaf);
    return found;
  };
  const columns: TopColumn[] = [];
  const count = elements[0]?.number(ELEMENT.children) ?? 0;
  for (let k = 0; k < count; k++) {
    const name = elements[at]?.text(ELEMENT.name) ?? "";
    const first = leafCount;
    columns.push({ name, first, leaves: leaves(0, 0, 0, 1) });
  }
  return columns;
}

/** Finds the column of features: the one that is named, or the only one that can be. */
export function chooseFeatures(
  table: string,
  columns: readonly TopColumn[],
  wanted: string | undefined,
): FeatureColumn {
  const names = (some: readonly { readonly name: string }[]) =>
    some.map(({ name }) => `"${name}"`).join(", ");
  const called = columns.filter(({ name }) => wanted === undefined || name === wanted);
  if (called.length === 0) {
    throw new Problem(`${table} has no column "${wanted}"; it has ${names(columns)}`);
  }
  const possible = called.map(featureColumn).filter((found) => found !== undefined);
  if (possible.length === 1) return possible[0];
  if (possible.length > 1) {
    throw new Problem(
      `${table} has several columns that may be features: ${names(possible)}. Choose one by --features`,
    );
  }
  throw new Problem(
    wanted === undefined
      ? `${table} has no column of features: a list of float16, float32 or float64. It has ${names(columns)}`
      : `${table}: the column "${wanted}" is not a list of float16, float32 or float64`,
  );
}

function featureColumn({ name, first, leaves }: TopColumn): FeatureColumn | undefined {
  const [leaf] = leaves;
  if (leaves.length !== 1 || leaf.repetition !== 1) return undefined;
  const number = numberOf(leaf.element);
  if (number === undefined) return undefined;
  return { name, index: first, number, mostDefinition: leaf.definition, listDefinition: leaf.listDefinition };
}

function numberOf(element: Struct): NumberType | undefined {
  switch (element.number(ELEMENT.type)) {
    case FLOAT:
      return "f32";
    case DOUBLE:
      return "f64";
    case FIXED:
      return element.number(ELEMENT.length) === 2 &&
        element.struct(ELEMENT.logical)?.struct(FLOAT16) !== undefined
        ? "f16"
        : undefined;
    default:
      return undefined;
  }
}
