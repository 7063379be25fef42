// A worker thread that loads the built package, meets the pool in every way there is, and ends as it is told.
import { parentPort, workerData } from "node:worker_threads";
import { createBackend, FixedClassifier, fwht } from "../../dist/index.js";

/** Large enough that calls are shared among threads, and that what a head holds would be seen if it were never freed. */
const SHAPE = { features: 1024, classes: 2500 };
const ROWS = 170;

/** @type {{ end: keyof typeof ENDS, code?: number }} */
const { end, code } = workerData;
const tell = () => parentPort?.postMessage("at work");

if (end === "start") tell();

const backend = createBackend("native", { threads: 3 });
const row = new Float32Array(2 ** 18).fill(1);
const head = new FixedClassifier({ ...SHAPE, backend });
const x = new Float32Array(ROWS * SHAPE.features).fill(1);
const labels = new Int32Array(ROWS);
const plans = [fwht.plan(row, { backend, scale: "orthonormal" }), head.plan(x)];

function work() {
  fwht(row, { backend, scale: "orthonormal" });
  head.topK(x, 3);
  head.lossAndGradient(x, labels);
  for (const run of plans) run();
}

/** How a thread ends: by itself, in the middle of its work, or by the main thread. */
const ENDS = {
  async return() {
    await head.forwardAsync(x);
  },
  exit() {
    for (let i = 0; i < 3; i++) head.forwardAsync(x);
    setImmediate(() => process.exit(code));
  },
  throw() {
    for (let i = 0; i < 3; i++) head.forwardAsync(x);
    setImmediate(() => {
      throw new Error("thrown in the middle of work");
    });
  },
  start() {
    for (;;) createBackend("native").head(head.code.table);
  },
  work() {
    tell();
    for (;;) work();
  },
  wait() {
    tell();
    /** @returns {Promise<void>} */
    const again = () => head.forwardAsync(x).then(again);
    for (let i = 0; i < 3; i++) again();
  },
};

if (end !== "start") work();
await ENDS[end]();
