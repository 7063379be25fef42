import { Problem } from "../problem.js";
import { type ImageShape, imageRows, imageShapeOf } from "./images.js";
import { ArrayRows, type Rows } from "./inputs.js";
import type { DataOptions } from "./options.js";
import { DEFAULTS } from "./options.js";
import type { RawInputs } from "./raw-part.js";
import { type ColumnPlan, nameAt, planOf } from "./tables/plan.js";
import { TableRows } from "./tables/rows.js";

/** How a row of a file becomes numbers and a class. Plain data, kept with a model: other files are read by it. */
export interface Layout {
  /** Of a row. */
  readonly shape: readonly number[];
  /** The names of the classes, by number. */
  readonly classes: readonly string[];
  /** What the classes are called in files of labels, where a list of names stands for numbers there. */
  readonly labels: readonly string[];
  /** Of tables: the column of the classes. */
  readonly label: string | null;
  /** Of tables: what becomes of each column of inputs. */
  readonly columns: readonly ColumnPlan[] | null;
  /** Of folders of images. */
  readonly images: ImageShape | null;
  /** What the values of arrays are multiplied by. */
  readonly scale: number;
  /** What is taken off the numbers at these places of a row, and what they are multiplied by then. */
  readonly standard: Standard | null;
}

export interface Standard {
  readonly places: readonly number[];
  readonly mean: readonly number[];
  readonly factor: readonly number[];
}

/** What a layout says of inputs alone. */
export type InputLayout = Pick<Layout, "columns" | "images" | "scale">;

export async function layoutOf(
  { inputs, apart, path }: { inputs: RawInputs; apart: readonly string[]; path: string },
  options: DataOptions,
): Promise<{ layout: InputLayout; notes: string[] }> {
  if (inputs.kind === "table") {
    const { plans, notes } = planOf(inputs.table, {
      columns: options.columns,
      apart,
      hash: options.hash ?? DEFAULTS.hash,
    });
    return { layout: { columns: plans, images: null, scale: 1 }, notes };
  }
  if (inputs.kind === "images") {
    const { shape, note } = await imageShapeOf(inputs.files, options);
    return { layout: { columns: null, images: shape, scale: 1 }, notes: note === null ? [] : [note] };
  }
  const { element, shape } = inputs.array;
  if (element.name !== "uint8" || shape.length < 2)
    return { layout: { columns: null, images: null, scale: 1 }, notes: [] };
  const bright = shape.length >= 3 || isBright(new ArrayRows(inputs.array, 1));
  const notes =
    shape.length === 2 && bright ? [`The bytes of ${path} are divided by 255, as those of images are.`] : [];
  return { layout: { columns: null, images: null, scale: bright ? 1 / 255 : 1 }, notes };
}

/** Whether the first rows go up to where counts and marks seldom do. */
function isBright(rows: Rows): boolean {
  const count = Math.min(rows.rows, 256);
  const values = new Float32Array(count * rows.shape[0]);
  rows.gather(
    Int32Array.from({ length: count }, (_, row) => row),
    values,
  );
  return values.some((value) => value >= 128);
}

/** The rows of any file, by the layout of the data that a model learns from. */
export async function rowsOf(inputs: RawInputs, layout: InputLayout, path: string): Promise<Rows> {
  if (inputs.kind === "table" && layout.columns !== null) return TableRows.of(inputs.table, layout.columns);
  if (inputs.kind === "images" && layout.images !== null) return imageRows(inputs.files, layout.images);
  if (inputs.kind === "array" && layout.columns === null && layout.images === null)
    return new ArrayRows(inputs.array, layout.scale);
  const kinds = { table: "a table", images: "a folder of images", array: "an array" };
  const wanted = layout.columns !== null ? "table" : layout.images !== null ? "images" : "array";
  throw new Problem(
    `${path} is ${kinds[inputs.kind]}, where ${kinds[wanted]} is looked for. Give data of one kind`,
  );
}

/** What messages call a number of a row; of one with text, those beside the text. */
export const denseNames =
  ({ columns }: Pick<Layout, "columns">) =>
  (place: number): string =>
    columns === null
      ? `column ${place + 1}`
      : nameAt(
          columns.filter(({ kind }) => kind !== "text"),
          place,
        );
