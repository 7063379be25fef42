// Starts one process of the comparison.
import { fileURLToPath } from "node:url";
import { inOwnProcess } from "../child.js";

const MEASURE = fileURLToPath(new URL("measure.js", import.meta.url));

/**
 * @param settings.threads for each library; 0: as many as it takes by itself
 * @param settings.shapes `{ features, classes, batches, training, top }`, with numbers of rows in the last three
 * @param settings.only names of the libraries; default: all
 */
export function comparePeers(settings) {
  const { threads } = settings;
  const env = { ...process.env, ...(threads === 0 ? {} : { FIXED_CLASSIFIER_THREADS: String(threads) }) };
  return inOwnProcess(MEASURE, { settings, env });
}
