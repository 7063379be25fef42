import { Problem } from "../../problem.js";
import { type Components, coordinates, principalAxes } from "./pca.js";
import { countOf, distance, pick, type Rows, rowOf } from "./rows.js";

/** What a row is looked at through: a few numbers, by which rows are laid into bins. */
export interface Lens {
  readonly spec: string;
  /** What it has to keep to look at rows that it has not seen. */
  readonly arrays: Readonly<Record<string, Float32Array>>;
  view(row: Float32Array): Float64Array;
}

/** Rows that eccentricity is measured from. */
const LANDMARKS = 256;

export const LENSES = "pca:1, pca:2, pca:3, norm, eccentricity";

export function fitLens(spec: string, rows: Rows): Lens {
  const { name, axes } = parseLens(spec);
  if (name === "pca") {
    if (axes > rows.width)
      throw new Problem(
        `--mapper-lens ${spec}: rows of ${rows.width} numbers have no ${axes} axes; take pca:${rows.width}`,
      );
    const { mean, axes: found } = principalAxes(rows, axes);
    return lensOf(spec, { mean, axes: found });
  }
  if (name === "norm") return lensOf(spec, {});
  const count = countOf(rows);
  const landmarks = Math.min(LANDMARKS, count);
  const evenly = Array.from({ length: landmarks }, (_, k) => Math.floor((k * count) / landmarks));
  return lensOf(spec, { landmarks: pick(rows, evenly).values });
}

/** From what was kept. */
export function lensOf(spec: string, arrays: Readonly<Record<string, Float32Array>>): Lens {
  const { name } = parseLens(spec);
  if (name === "pca") {
    const components = { mean: arrays.mean, axes: arrays.axes } satisfies Components;
    return { spec, arrays, view: (row) => coordinates(components, row) };
  }
  if (name === "norm") return { spec, arrays, view: (row) => Float64Array.of(Math.hypot(...row)) };
  return {
    spec,
    arrays,
    /** The mean distance to the landmarks. */
    view(row) {
      const landmarks = { values: arrays.landmarks, width: row.length };
      const count = countOf(landmarks);
      let sum = 0;
      for (let k = 0; k < count; k++) sum += distance(row, rowOf(landmarks, k)) / count;
      return Float64Array.of(sum);
    },
  };
}

export function parseLens(spec: string): { name: "pca" | "norm" | "eccentricity"; axes: number } {
  const pca = /^pca(?::([1-3]))?$/.exec(spec);
  if (pca !== null) return { name: "pca", axes: Number(pca[1] ?? 1) };
  if (spec === "norm" || spec === "eccentricity") return { name: spec, axes: 1 };
  throw new Problem(`"${spec}" is no lens: choose ${LENSES}`);
}
