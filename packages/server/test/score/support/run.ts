import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FixedClassifier } from "fixed-classifier";
import { loadModel } from "../../../src/models/load.js";
import { type ScoreOptions, score } from "../../../src/score/score.js";
import { folderOf, put } from "../../support/models.js";

type Options = Partial<Omit<ScoreOptions, "model">> & { readonly labels?: readonly string[] };

/** Scores the bytes of a table as the command does, in a folder that can be looked at. */
export function scoredIn(
  head: FixedClassifier,
  table: Uint8Array,
  { labels, ...others }: Options = {},
): { readonly folder: string; readonly output: string; readonly done: Promise<void> } {
  const folder = folderOf({ "head.safetensors": head.toSafetensors(), table });
  if (labels !== undefined) put(join(folder, "labels.txt"), labels.map((label) => `${label}\n`).join(""));
  const place = {
    version: "1",
    head: join(folder, "head.safetensors"),
    ...(labels !== undefined && { labels: join(folder, "labels.txt") }),
  };
  const output = join(folder, "scored");
  const done = loadModel("head", place).then((model) =>
    score({
      ...{ model, input: join(folder, "table"), output, top: 1, prefix: "", features: undefined },
      ...{ quantities: ["class", "score", "probability", "energy"], memory: 2 ** 28, rowGroups: undefined },
      ...{ onRows: () => {}, onBegin: () => {} },
      ...others,
    }),
  );
  return { folder, output, done };
}

/** The bytes of the result. */
export async function scored(
  head: FixedClassifier,
  table: Uint8Array,
  options: Options = {},
): Promise<Uint8Array> {
  const { done, output } = scoredIn(head, table, options);
  await done;
  return readFileSync(output);
}
