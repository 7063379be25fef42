// One process of the comparison: every peer on the same shapes, one after another. Started by peers/start.js, which says how
// many threads they may have.
import { answer } from "../child.js";
import { normal } from "../data.js";
import { check, crossEntropy, dense, largestOf, logit } from "../exact.js";
import { denseLayer } from "./layer.js";
import { onnxruntimeNode, onnxruntimeWeb } from "./onnxruntime.js";
import { BOUND, fixedClassifier, OWN } from "./own.js";
import { plainJavaScript } from "./plain.js";
import { tfjsWasm } from "./tfjs.js";
import { compare } from "./turns.js";

/** @import { Layer, Peer } from "./layer.js" */
/** @import { PeerSettings } from "./start.js" */
/** @import { Contender } from "./turns.js" */

/** @typedef {Awaited<ReturnType<typeof measure>>[number]} Compared */

/** @type {Record<string, (layer: Layer, threads: number) => Promise<Peer | null>>} */
const LOADERS = {
  [OWN]: fixedClassifier,
  "onnxruntime-node": onnxruntimeNode,
  "onnxruntime-web": onnxruntimeWeb,
  "tfjs-wasm": tfjsWasm,
  "plain JavaScript": plainJavaScript,
};

/**
 * @param {Peer} peer
 * @param {Layer} layer
 * @param {Float32Array} x
 */
function exactLogit(peer, layer, x) {
  const { features, classes } = layer;
  /** @param {number} i */
  return (i) => {
    const row = Math.floor(i / classes);
    const row_values = x.subarray(row * features, (row + 1) * features);
    return peer.head === undefined
      ? dense(row_values, layer, i % classes)
      : logit(row_values, peer.head, i % classes);
  };
}

/** @typedef {(peers: Peer[], layer: Layer, rows: number, milliseconds: number) => ReturnType<typeof compare>} Measurement */

/** @type {Measurement} */
async function forward(peers, layer, rows, milliseconds) {
  const x = normal(rows * layer.features, 4);
  for (const peer of peers) {
    const logits = await peer.forward(x, rows);
    check(`${peer.name} forward`, logits, exactLogit(peer, layer, x), largestOf(logits));
  }
  const contenders = peers.flatMap((peer) => {
    /** @type {Contender} */
    const forward = { name: peer.name, own: peer.head !== undefined, call: () => peer.forward(x, rows) };
    if (peer.head === undefined) return [forward];
    const call = peer.plan(x);
    check(BOUND, call(), exactLogit(peer, layer, x), largestOf(call()));
    return [forward, { name: BOUND, own: false, call }];
  });
  return compare(contenders, milliseconds);
}

/**
 * The best class of every row; of the head alone, dense layers of other libraries have no such operation.
 * @type {Measurement}
 */
async function top(peers, layer, rows, milliseconds) {
  const { features, classes } = layer;
  const x = normal(rows * features, 4);
  const able = peers.filter((peer) => peer.head !== undefined);
  for (const peer of able) {
    const logits = await peer.forward(x, rows);
    const best = peer.top(x);
    const exact = exactLogit(peer, layer, x);
    check(`${peer.name} top`, best.scores, (r) => exact(r * classes + best.classes[r]), largestOf(logits));
    /** @param {number} r */
    const largest = (r) =>
      logits.subarray(r * classes, (r + 1) * classes).reduce((max, value) => Math.max(max, value));
    check(`${peer.name} top`, best.scores, largest, largestOf(logits));
  }
  const contenders = able.map((peer) => ({ name: peer.name, own: true, call: () => peer.top(x).scores }));
  return compare(contenders, milliseconds);
}

/** @type {Measurement} */
async function trainingStep(peers, layer, rows, milliseconds) {
  const x = normal(rows * layer.features, 4);
  const labels = Int32Array.from({ length: rows }, (_, row) => (row * 37) % layer.classes);
  /** @type {Contender[]} */
  const contenders = [];
  for (const peer of peers) {
    const { name, head, lossAndGradient } = peer;
    if (lossAndGradient === undefined) continue;
    const step = lossAndGradient(x, rows, labels);
    const logits = Float64Array.from({ length: rows * layer.classes }, (_, i) =>
      exactLogit(peer, layer, x)(i),
    );
    const exact = crossEntropy(logits, labels, layer.classes);
    check(`${name} loss`, [step.loss], () => exact.loss, Math.abs(exact.loss));
    check(`${name} gradient`, step.bias, (i) => exact.gradient[i], 10 * largestOf(exact.gradient));
    contenders.push({ name, own: head !== undefined, call: () => lossAndGradient(x, rows, labels).bias });
  }
  return compare(contenders, milliseconds);
}

/** @param {PeerSettings} settings */
async function measure({ threads, shapes, milliseconds, only = Object.keys(LOADERS) }) {
  const results = [];
  for (const { features, classes, code, batches, training = [], top: best = [] } of shapes) {
    const layer = denseLayer(features, classes, code);
    /** @type {Peer[]} */
    const peers = [];
    for (const name of only) {
      const peer = await LOADERS[name](layer, threads);
      if (peer !== null) peers.push(peer);
    }
    const steps = [
      ...batches.map((rows) => ({ operation: "forward", rows, run: forward })),
      ...best.map((rows) => ({ operation: "top", rows, run: top })),
      ...training.map((rows) => ({ operation: "lossAndGradient", rows, run: trainingStep })),
    ];
    for (const { operation, rows, run } of steps) {
      const compared = await run(peers, layer, rows, milliseconds);
      const shape = { operation, features, classes, code: code?.name, rows, threads: threads || "default" };
      results.push(...compared.map((result) => ({ ...shape, ...result })));
    }
    for (const peer of peers) await peer.close();
  }
  return results;
}

process.once("message", async (settings) => {
  answer(await measure(/** @type {PeerSettings} */ (settings)));
});
