/** The model of the Worker in Node, on its fastest backend. */
import { readFileSync } from "node:fs";
import { FixedClassifier } from "fixed-classifier";
import names from "../../model/classes.json";

export const fileOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url));

export const head = FixedClassifier.fromSafetensors(fileOf("model/head.safetensors"));
export const { features, classes } = head;
export { names };

/** Rows of features of both signs. */
export const rowsOf = (count: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: count * features }, (_, i) => 10 * Math.sin(i * i + 1));

export const toLists = (x: Float32Array): number[][] =>
  Array.from({ length: x.length / features }, (_, row) =>
    Array.from(x.subarray(row * features, (row + 1) * features)),
  );

export interface Ranking {
  classes: number[];
  names: string[];
  scores: number[];
}

/** What the Worker must answer, to the last bit: JSON keeps every float32. */
export function expected(x: Float32Array, k: number): Ranking[] {
  const top = head.topK(x, k);
  return Array.from({ length: x.length / features }, (_, row) => {
    const best = Array.from(top.classes.subarray(row * k, (row + 1) * k));
    const scores = Array.from(top.scores.subarray(row * k, (row + 1) * k));
    return { classes: best, names: best.map((c) => names[c] as string), scores };
  });
}
