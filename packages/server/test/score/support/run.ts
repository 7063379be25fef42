import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FixedClassifier } from "fixed-classifier";
import { loadModel } from "../../../src/models/load.js";
import { type ScoreOptions, score } from "../../../src/score/score.js";
import { folderOf, put } from "../../support/models.js";

/** Scores the bytes of a table as the command does, and gives those of the result. */
export async function scored(
  head: FixedClassifier,
  table: Uint8Array,
  options: Partial<Omit<ScoreOptions, "model">> & { readonly labels?: readonly string[] } = {},
): Promise<Uint8Array> {
  const { labels, ...others } = options;
  const folder = folderOf({ "head.safetensors": head.toSafetensors(), table });
  if (labels !== undefined) put(join(folder, "labels.txt"), labels.map((label) => `${label}\n`).join(""));
  const model = await loadModel("head", {
    version: "1",
    head: join(folder, "head.safetensors"),
    ...(labels !== undefined && { labels: join(folder, "labels.txt") }),
  });
  const output = join(folder, "scored");
  await score({
    ...{ model, input: join(folder, "table"), output, top: 1, prefix: "", features: undefined },
    ...{ quantities: ["class", "score", "probability", "energy"], memory: 2 ** 28, rowGroups: undefined },
    ...{ onRows: () => {}, onBegin: () => {} },
    ...others,
  });
  return readFileSync(output);
}
