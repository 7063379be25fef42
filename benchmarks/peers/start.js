// Starts one process of the comparison.
import { fileURLToPath } from "node:url";
import { inOwnProcess } from "../child.js";

const MEASURE = fileURLToPath(new URL("measure.js", import.meta.url));

/** @import { CodeOptions } from "../product.js" */
/** @import { Compared } from "./measure.js" */

/**
 * What is measured. The last three of a shape are numbers of rows: of forward, lossAndGradient and topK.
 * @typedef {object} PeerSettings
 * @property {number} threads for each library; 0: as many as it takes by itself
 * @property {{ features: number, classes: number, code?: CodeOptions, batches: number[], training?: number[], top?: number[] }[]} shapes
 * @property {number} milliseconds for each operation
 * @property {string[]} [only] names of the libraries; default: all
 */

/**
 * @param {PeerSettings} settings
 * @returns {Promise<Compared[]>}
 */
export function comparePeers(settings) {
  const { threads } = settings;
  const env = { ...process.env, ...(threads === 0 ? {} : { FIXED_CLASSIFIER_THREADS: String(threads) }) };
  return inOwnProcess(MEASURE, { settings, env });
}
