// Starts one process of the comparison.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const MEASURE = fileURLToPath(new URL("measure.js", import.meta.url));

/**
 * @param settings.threads for each library; 0: as many as it takes by itself
 * @param settings.shapes `{ features, classes, batches, training }`, with numbers of rows in the last two
 */
export async function comparePeers(settings) {
  const { threads } = settings;
  const child = fork(MEASURE, {
    env: { ...process.env, ...(threads === 0 ? {} : { FIXED_CLASSIFIER_THREADS: String(threads) }) },
  });
  child.send(settings);
  const answer = await Promise.race([once(child, "message"), once(child, "exit")]);
  if (!Array.isArray(answer[0])) throw new Error("the comparison with other libraries failed");
  return answer[0];
}
