// The probe in sixteen worker threads at once; all must say the same. Then one is timed, alone.
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import * as api from "fixed-classifier";
import { probe } from "./probe.js";

const WORKERS = 16;

if (isMainThread) {
  const told = await Promise.all(Array.from({ length: WORKERS }, tell));
  const own = await probe(api);
  const differing = told.filter((text) => text !== JSON.stringify({ ...own, milliseconds: null }));
  if (differing.length > 0)
    throw new Error(`workers say ${differing[0]}, the main thread ${JSON.stringify(own)}`);
  console.log(JSON.stringify(own));
} else {
  parentPort?.postMessage(JSON.stringify(await probe(api, null)));
}

/** @returns {Promise<string>} what the probe says in a worker of its own */
function tell() {
  const worker = new Worker(new URL(import.meta.url));
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`a worker ended with exit code ${code} before it told`)));
  });
}
