// Ends the process by process.exit in the middle of work, of this thread or of a worker.
import { Worker } from "node:worker_threads";
import { createBackend, FixedClassifier } from "../../dist/index.js";

const [where, code] = process.argv.slice(2);

if (where === "main") {
  const backend = createBackend("native", { threads: 3 });
  const head = new FixedClassifier({ features: 1024, classes: 2500, backend });
  const x = new Float32Array(96 * 1024).fill(1);
  head.topK(x, 1);
  for (let i = 0; i < 20; i++) head.forwardAsync(x);
  setImmediate(() => process.exit(Number(code)));
} else {
  const worker = new Worker(new URL("worker.js", import.meta.url), { workerData: { end: where } });
  worker.once("message", () => process.exit(Number(code)));
}
