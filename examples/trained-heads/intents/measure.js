// Sentences of CLINC150 as embeddings: a layer that tells their intents, and one that finds the nearest sentence.
import { loadIntents, loadPart } from "../../product-codes/intents/data.js";
import { agreementOf, answersOf } from "../agree.js";
import { trainDense } from "./train.js";

/** @import { Measured } from "../report.js" */

const CODES = [
  { width: 8, stages: 1 },
  { width: 4, stages: 1 },
  { width: 8, stages: 2 },
  { width: 8, stages: 3 },
  { width: 4, stages: 2 },
  { width: 8, stages: 4 },
  { width: 4, stages: 4 },
];

/**
 * Calibrated on the sentences that the layer was trained on.
 * @param {string} folder
 * @returns {Promise<Measured>}
 */
export async function measureIntents(folder) {
  const data = loadIntents(folder);
  const { train, test } = data;
  const layer = await trainDense(data, (epoch, loss) => {
    console.log(`intents: epoch ${epoch}, loss ${loss.toFixed(4)}`);
  });
  const answers = answersOf(layer, test.inputs);
  const right = answers.best.filter((c, r) => c === test.labels[r]).length;
  const agreements = [];
  for (const code of CODES)
    agreements.push(await agreementOf(layer, code, train.inputs, test.inputs, answers));
  const { features, classes } = layer;
  return { features, classes, calibration: train.count, right: right / test.count, agreements };
}

/**
 * A class for every sentence of training and validation, whose vector is the sentence itself.
 * @param {string} folder
 * @returns {Promise<Measured>}
 */
export async function measureSentences(folder) {
  const [train, val, test] = ["train", "val", "test"].map((part) => loadPart(folder, part));
  const features = train.inputs.length / train.count;
  const weights = new Float32Array(train.inputs.length + val.inputs.length);
  weights.set(train.inputs);
  weights.set(val.inputs, train.inputs.length);
  const classes = train.count + val.count;
  const layer = { features, classes, weights };
  const labels = Int32Array.of(...train.labels, ...val.labels);
  const answers = answersOf(layer, test.inputs);
  const right = answers.best.filter((c, r) => labels[c] === test.labels[r]).length;
  const agreements = [];
  for (const code of CODES)
    agreements.push(await agreementOf(layer, code, train.inputs, test.inputs, answers));
  return { features, classes, calibration: train.count, right: right / test.count, agreements };
}
