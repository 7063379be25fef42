import { onnxModel } from "./onnx-model.js";

/** @import { DensePeer, Layer } from "./layer.js" */

/**
 * What the two packages of ONNX Runtime have in common.
 * @param {string} name
 * @param {typeof import("onnxruntime-node").default} ort
 * @param {Layer} layer
 * @param {object} options of a session
 * @returns {Promise<DensePeer>}
 */
async function peer(name, ort, layer, options) {
  const session = await ort.InferenceSession.create(onnxModel(layer), options);
  return {
    name,
    async forward(x, rows) {
      const { logits } = await session.run({ x: new ort.Tensor("float32", x, [rows, layer.features]) });
      return logits.data;
    },
    close: () => session.release(),
  };
}

/**
 * @param {Layer} layer
 * @param {number} threads 0: as many as it takes by itself
 */
export async function onnxruntimeNode(layer, threads) {
  const { default: ort } = await import("onnxruntime-node");
  const options = threads === 0 ? {} : { intraOpNumThreads: threads, interOpNumThreads: threads };
  return peer("onnxruntime-node", ort, layer, options);
}

/**
 * @param {Layer} layer
 * @param {number} threads as above
 */
export async function onnxruntimeWeb(layer, threads) {
  const { default: ort } = await import("onnxruntime-web");
  if (threads !== 0) ort.env.wasm.numThreads = threads;
  return peer("onnxruntime-web", ort, layer, { executionProviders: ["wasm"] });
}
