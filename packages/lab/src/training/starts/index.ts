/** Where the matrices of heads start: another place is a file and a line here. */
import { readHead } from "../../heads/spec.js";
import { Problem } from "../../problem.js";
import type { Model } from "../model.js";
import type { Source } from "../source.js";
import { classMeans } from "./class-means.js";
import { coOccurrences } from "./co-occurrences.js";
import type { Start } from "./start.js";

const STARTS: readonly Start[] = [classMeans, coOccurrences];

export const START_NAMES = ["random", "class-means", "co-occurrences"] as const;
export type StartName = (typeof START_NAMES)[number];

/** What the data or the heads have no place for is refused, before anything is read. */
export function refuseStart(name: StartName, heads: readonly string[], text: boolean): void {
  const start = STARTS.find((one) => one.name === name);
  if (start === undefined) return;
  if (start.text !== text) {
    const others = ["random", ...STARTS.filter((one) => one.text === text).map((one) => one.name)];
    const [wanted, given] = text ? ["rows with classes", "a text"] : ["a text", "rows with classes"];
    throw new Problem(`--start ${name} is of ${wanted}, and this is ${given}: take ${others.join(" or ")}`);
  }
  if (heads.every((head) => readHead(head).kind === "fixed")) {
    throw new Problem(
      `--start ${name} is where a learned matrix starts, and --heads ${heads.join(",")} has none: add learned, cosine or product:8, or leave it out`,
    );
  }
}

/** A class of which nothing is known stays where it is, at random, and so does a head without a matrix. */
export async function startMatrix(
  name: StartName,
  { head, trunk }: Model,
  source: Source,
  seed: number,
): Promise<void> {
  const start = STARTS.find((one) => one.name === name);
  const matrix = head.parameters.find((one) => one.name === "head.matrix")?.value;
  if (start === undefined || matrix === undefined) return;
  const { features } = trunk;
  const vectors = await start.vectors({ source, trunk, seed });
  for (let first = 0; first < matrix.length; first += features) {
    const vector = vectors.subarray(first, first + features);
    if (vector.some((value) => value !== 0)) matrix.set(vector, first);
  }
}
