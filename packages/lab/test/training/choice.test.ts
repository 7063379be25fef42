import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createEngine } from "../../src/engine/index.js";
import { resolveTrainOptions } from "../../src/options/train.js";
import { runExperiment } from "../../src/training/experiment.js";

const root = mkdtempSync(join(tmpdir(), "lab-choice-"));
afterAll(() => rmSync(root, { recursive: true }));

/** Two rates of one head, of which all is trained and looked at. */
async function chosenOf(name: string, trained: Readonly<Record<string, object>>) {
  const folder = join(root, name);
  for (const [rate, about] of Object.entries(trained)) {
    const run = join(folder, "runs", `learned.seed-0.lr-${rate}`);
    mkdirSync(run, { recursive: true });
    writeFileSync(join(run, "trained.json"), JSON.stringify(about));
    writeFileSync(join(run, "result.json"), JSON.stringify({ learningRate: Number(rate) }));
  }
  const options = resolveTrainOptions({ heads: "learned", sweep: Object.keys(trained).join(",") });
  const watcher = { onGroup() {}, onStep() {}, onEpoch() {}, onResult() {} };
  const sourceOf = (): never => {
    throw new Error("nothing is left to train");
  };
  const engine = await createEngine("embedded");
  const { runs } = await runExperiment(
    { options, trunk: "none", sourceOf, engine, folder },
    watcher,
    () => false,
  );
  return runs.map(({ learningRate }) => learningRate);
}

test("of texts the rate of most probability is chosen, of rows that of most right answers", async () => {
  const scores = (text: boolean) => ({
    "0.1": { accuracy: 0.31, nll: 5, text },
    "0.2": { accuracy: 0.3, nll: 4, text },
  });
  expect(await chosenOf("text", scores(true))).toEqual([0.2]);
  expect(await chosenOf("rows", scores(false))).toEqual([0.1]);
});

test("of rates with as many right answers that of more probability is chosen", async () => {
  const scores = {
    "0.1": { accuracy: 0.3, nll: 5, text: false },
    "0.2": { accuracy: 0.3, nll: 4, text: false },
  };
  expect(await chosenOf("equal", scores)).toEqual([0.2]);
});
