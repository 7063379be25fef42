// Sentences of CLINC150 as embeddings: a layer that tells their intents, and one that finds the nearest sentence.

import { agreementOf, answersOf, bestWith, CODES } from "../agree.js";
import { loadIntents, loadPart } from "./data.js";
import { trainDense } from "./train.js";

/** @import { Measured } from "../report.js" */

/**
 * Calibrated on the sentences that the layer was trained on.
 * @param {string} folder
 * @param {(measured: Measured) => void} keep what there is after each code
 */
export async function measureIntents(folder, keep) {
  const data = loadIntents(folder);
  const { train, test } = data;
  const layer = await trainDense(data, (epoch, loss) => {
    console.log(`intents: epoch ${epoch}, loss ${loss.toFixed(4)}`);
  });
  const answers = answersOf(layer, test.inputs);
  const right = answers.best.filter((c, r) => c === test.labels[r]).length;
  const agreements = [];
  for (const code of CODES) {
    const agreement = await agreementOf(layer, code, train.inputs, test.inputs, answers);
    const refine = { calibration: train.inputs, refine: true };
    const alone = await bestWith(layer, code, {}, test.inputs, answers);
    const refined = await bestWith(layer, code, refine, test.inputs, answers);
    agreements.push({ ...agreement, alone, refined });
    keep({ ...layer, calibration: train.count, right: right / test.count, agreements });
  }
}

/**
 * A class for every sentence of training and validation, whose vector is the sentence itself.
 * @param {string} folder
 * @param {(measured: Measured) => void} keep as above
 */
export async function measureSentences(folder, keep) {
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
  for (const code of CODES) {
    agreements.push(await agreementOf(layer, code, train.inputs, test.inputs, answers));
    keep({ ...layer, calibration: train.count, right: right / test.count, agreements });
  }
}
