// Runs worker threads, some at a time, that end in every way, and prints what the process has before and after them: memory and
// threads of the operating system. With "empty" they do nothing: that is what Node.js and a sanitizer keep of any worker.
import { readdirSync } from "node:fs";
import { Worker } from "node:worker_threads";

const EXIT_CODE = 3;
const isEmpty = process.argv[4] === "empty";
/**
 * How a worker ends, and the exit code that this has.
 * @type {[end: string, code: number][]}
 */
const ENDS = [
  ["return", 0],
  ["exit", EXIT_CODE],
  ["throw", 1],
  ["start", 1],
  ["work", 1],
  ["wait", 1],
];

/**
 * @param {string} end
 * @param {number} expected
 */
async function runWorker(end, expected) {
  const worker = new Worker(new URL("worker.js", import.meta.url), { workerData: { end, code: EXIT_CODE } });
  worker.once("message", () => worker.terminate());
  worker.once("error", (error) => {
    if (end !== "throw") throw error;
  });
  const code = await new Promise((resolve) => worker.once("exit", resolve));
  if (code !== expected)
    throw new Error(`a worker that ends by ${end} has exit code ${code}, not ${expected}`);
}

const runEmpty = () => new Promise((resolve) => new Worker("", { eval: true }).once("exit", resolve));

/** @param {number} count */
async function runWorkers(count) {
  for (let done = 0; done < count; done += ENDS.length) {
    await Promise.all(ENDS.map(([end, code]) => (isEmpty ? runEmpty() : runWorker(end, code))));
  }
}

function look() {
  if (globalThis.gc === undefined) throw new Error("memory is compared under node --expose-gc only");
  globalThis.gc();
  return { megabytes: process.memoryUsage.rss() / 2 ** 20, threads: readdirSync("/proc/self/task").length };
}

const [warmUp, count] = process.argv.slice(2, 4).map(Number);
await runWorkers(warmUp);
const before = look();
await runWorkers(count);
console.log(JSON.stringify({ before, after: look() }));
