// A dense layer of a hundred thousand classes as a product code with its originals beside, against the layer itself in ONNX Runtime: the
// same best class, and the time of a row. A process of its own, started by targets/reranked.js.
import { answer } from "../child.js";
import { normal } from "../data.js";
import { check, dense, largestOf } from "../exact.js";
import { FixedClassifier } from "../product.js";
import { onnxruntimeNode } from "./onnxruntime.js";
import { compare } from "./turns.js";

/** @import { Layer } from "./layer.js" */
/** @import { RerankedSettings } from "../targets/reranked.js" */

/**
 * What is measured: how many best classes are those of the dense layer, by the code alone and scored again, of how many rows; for how many of
 * them the dense layer finds the class that the row was made of; and nanoseconds a row.
 * @typedef {object} Reranked
 * @property {number} rows
 * @property {number} accurate
 * @property {number} byCode
 * @property {number} reranked
 * @property {number} own
 * @property {number} peer
 */

/**
 * Class vectors of length 1: half of their square is that of a group of so many classes, the rest is their own.
 * @param {RerankedSettings} settings
 * @returns {Layer}
 */
function clusteredLayer({ features, classes, groups }) {
  const weights = new Float32Array(classes * features);
  const centres = Array.from({ length: groups }, (_, group) => normal(features, 1 + group));
  const unit = Math.sqrt(0.5 / features);
  for (let c = 0; c < classes; c++) {
    const centre = centres[c % groups];
    const own = normal(features, 1 + groups + c);
    for (let i = 0; i < features; i++) weights[c * features + i] = unit * (centre[i] + own[i]);
  }
  return { features, classes, weights, bias: normal(classes, 2).map((value) => value / 100) };
}

/**
 * Rows are the vectors of classes, and noise so many times as long.
 * @param {Layer} layer
 * @param {RerankedSettings} settings
 */
function noisyRows({ features, classes, weights }, { rows, noise }) {
  const x = new Float32Array(rows * features);
  const labels = new Int32Array(rows);
  for (let r = 0; r < rows; r++) {
    const c = (r * 7919 + 13) % classes;
    labels[r] = c;
    const added = normal(features, -1 - r);
    for (let i = 0; i < features; i++) {
      x[r * features + i] = weights[c * features + i] + (noise / Math.sqrt(features)) * added[i];
    }
  }
  return { x, labels };
}

/** @param {Float32Array} logits of a row */
function bestOf(logits) {
  let best = 0;
  for (let c = 1; c < logits.length; c++) if (logits[c] > logits[best]) best = c;
  return best;
}

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
const equal = (a, b) => Array.from(a).filter((value, i) => value === b[i]).length;

/** Rows of one call of the dense layer, whose logits are 26 MB. */
const BATCH = 64;

/** @param {RerankedSettings} settings @returns {Promise<Reranked>} */
async function measure(settings) {
  const { features, classes, rows, width, stages, candidates, milliseconds } = settings;
  const layer = clusteredLayer(settings);
  const { x, labels } = noisyRows(layer, settings);
  /** @param {number} r */
  const row = (r) => x.subarray(r * features, (r + 1) * features);
  const peer = await onnxruntimeNode(layer, 1);
  const head = await FixedClassifier.fromDense(layer, {
    code: { name: "product", width, stages },
    originals: true,
  });

  const best = new Int32Array(rows);
  for (let r = 0; r < rows; r += BATCH) {
    const logits = await peer.forward(x.subarray(r * features, (r + BATCH) * features), BATCH);
    if (r === 0)
      check(
        "onnxruntime-node",
        logits,
        (i) => dense(row(Math.floor(i / classes)), layer, i % classes),
        largestOf(logits),
      );
    for (let k = 0; k < BATCH; k++) best[r + k] = bestOf(logits.subarray(k * classes, (k + 1) * classes));
  }
  const reranked = head.topK(x, 1, { rerank: candidates });
  // Originals are rounded to 11 bits.
  const largest = 50 * largestOf(reranked.scores);
  check("reranked", reranked.scores, (r) => dense(row(r), layer, reranked.classes[r]), largest);

  let next = 0;
  const [own, other] = await compare(
    [
      { name: "own", own: true, call: () => head.topK(row(next++ % rows), 1, { rerank: candidates }).scores },
      { name: "peer", own: false, call: () => peer.forward(row(next++ % rows), 1) },
    ],
    milliseconds,
  );
  return {
    rows,
    accurate: equal(best, labels),
    byCode: equal(best, head.topK(x, 1).classes),
    reranked: equal(best, reranked.classes),
    own: own.nanoseconds,
    peer: other.nanoseconds,
  };
}

process.once("message", async (settings) => {
  answer(await measure(/** @type {RerankedSettings} */ (settings)));
});
