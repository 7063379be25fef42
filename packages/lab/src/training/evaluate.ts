import { Scorer } from "../metrics/scorer.js";
import { fitTemperature } from "../metrics/temperature.js";
import { testScores } from "../metrics/test-scores.js";
import type { Model } from "./model.js";
import type { TestScores } from "./result.js";
import type { Batch, Source } from "./source.js";

/** Numbers of the validation part's logits that a temperature is fitted to, at most. */
const KEPT = 2 ** 25;

type OnLogits = (logits: Float32Array, labels: Int32Array) => void;

/** Logits of rows, some at a time. */
export async function eachLogits(model: Model, batches: Iterable<Batch>, onLogits: OnLogits): Promise<void> {
  model.trunk.restart?.("evaluation");
  for (const { inputs, labels } of batches) {
    onLogits(await model.head.logits(await model.trunk.evaluate(inputs)), labels);
  }
}

export async function validate(model: Model, source: Source): Promise<{ accuracy: number; nll: number }> {
  const scorer = new Scorer(model.spec.classes);
  await eachLogits(model, source.validation(), (logits, labels) => scorer.add(logits, labels));
  const { accuracy, nll } = scorer.summary;
  return { accuracy, nll };
}

/** The temperature is of the validation part; the test part is gone through once. */
export async function evaluateTest(model: Model, source: Source): Promise<TestScores> {
  const { classes } = model.spec;
  const temperature = await temperatureOf(model, source);
  const before = new Scorer(classes);
  const after = new Scorer(classes, temperature);
  await eachLogits(model, source.test(), (some, labels) => {
    before.add(some, labels);
    after.add(some, labels);
  });
  return testScores(before, after, temperature);
}

async function temperatureOf(model: Model, source: Source): Promise<number> {
  const { classes } = model.spec;
  const rows = Math.min(source.rows.validation, Math.floor(KEPT / classes));
  const logits = new Float32Array(rows * classes);
  const labels = new Int32Array(rows);
  let done = 0;
  await eachLogits(model, source.validation(), (some, known) => {
    const count = Math.min(known.length, rows - done);
    logits.set(some.subarray(0, count * classes), done * classes);
    labels.set(known.subarray(0, count), done);
    done += count;
  });
  return fitTemperature(logits, labels, classes).temperature;
}
