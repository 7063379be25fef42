// Workers of Node.js.
import { Worker } from "node:worker_threads";
import * as api from "../product.js";

/** @import { Host, Thread } from "./measure.js" */

/** @type {Host} */
export const host = {
  api,
  url: new URL("../product.js", import.meta.url).href,
  start() {
    const worker = new Worker(new URL("worker.js", import.meta.url));
    return /** @type {Thread} */ ({
      post: (message, transfer) => worker.postMessage(message, transfer),
      take: (take) => void worker.removeAllListeners("message").on("message", take),
      end: () => void worker.terminate(),
    });
  },
};
