import { Problem } from "fixed-classifier-models/files";
import { type FeatureField, featureField, type Layout, metadataOf } from "./fields.js";

const ACCEPTED = "a list, large list or fixed-size list of float16, float32 or float64";

/** Finds the column of features: the one that is named, or the only one that can be. */
export function chooseFeatures(
  table: string,
  { columns }: Layout,
  width: number,
  wanted: string | undefined,
): FeatureField {
  const called = columns.filter(({ name }) => wanted === undefined || name === wanted);
  if (called.length === 0) {
    throw new Problem(`${table} has no column "${wanted}"; it has ${list(columns.map(({ name }) => name))}`);
  }
  const possible = called.map(featureField).filter((found) => found !== undefined);
  const fitting = possible.filter(({ size }) => size === undefined || size === width);
  if (fitting.length === 1) {
    checkTensor(table, fitting[0]);
    return fitting[0];
  }
  if (fitting.length > 1) {
    throw new Problem(
      wanted === undefined
        ? `${table} has several columns that may be features: ${list(fitting.map(({ place }) => place.name))}. Choose one by --features`
        : `${table} has ${fitting.length} columns "${wanted}"; give them different names`,
    );
  }
  const [other] = possible;
  if (other !== undefined) {
    throw new Problem(
      `${table}: the column "${other.place.name}" has ${other.size} numbers a row, but the head takes ${width}; give the head that was trained on these features`,
    );
  }
  throw new Problem(
    wanted === undefined
      ? `${table} has no column of features: ${ACCEPTED}. It has ${list(columns.map(({ name }) => name))}`
      : `${table}: the column "${wanted}" is not ${ACCEPTED}`,
  );
}

/**
 * A tensor's numbers lie row by row of its own order of axes. A head takes them as they lie, which is the order meant unless axes longer
 * than 1 are permuted.
 */
function checkTensor(table: string, { place, size }: FeatureField): void {
  const metadata = metadataOf(place.field);
  if (metadata.get("ARROW:extension:name") !== "arrow.fixed_shape_tensor") return;
  const wrong = (what: string) => new Problem(`${table}: the tensors of the column "${place.name}" ${what}`);
  let shape: unknown;
  let permutation: unknown;
  try {
    ({ shape, permutation } = JSON.parse(metadata.get("ARROW:extension:metadata") ?? ""));
  } catch (error) {
    throw wrong(`have no shape that can be read (${(error as Error).message}); write it again`);
  }
  const isSizes = Array.isArray(shape) && shape.every((length) => Number.isInteger(length) && length >= 0);
  if (!isSizes || (shape as number[]).reduce((product, length) => product * length, 1) !== size) {
    throw wrong(
      `are said to have the shape ${JSON.stringify(shape)}, but hold ${size} numbers; write it again`,
    );
  }
  const order = permutation ?? (shape as number[]).map((_, axis) => axis);
  const isOrder =
    Array.isArray(order) &&
    order.length === (shape as number[]).length &&
    [...order].sort((a, b) => a - b).every((axis, k) => axis === k);
  if (!isOrder)
    throw wrong(`are said to have their axes in the order ${JSON.stringify(order)}; write it again`);
  const long = (order as number[]).filter((axis) => (shape as number[])[axis] > 1);
  if (long.some((axis, k) => k > 0 && axis < long[k - 1])) {
    throw wrong(
      `have permuted axes, so that their numbers lie in another order than is meant; write them in the order of their axes`,
    );
  }
}

const list = (names: readonly string[]): string =>
  names.map((name) => `"${name}"`).join(", ") || "no columns";
