// The other thread, in Node.js and in pages. It answers messages; or it waits for calls at a word of shared memory, and then nothing else
// reaches it.
import { DONE, MADE, NEXT, SLEEPS, STARTED } from "./control.js";
import { buffersOf, operationsOf } from "./operations.js";

/** @import { Api, Arrays, Shape } from "./operations.js" */
/** @typedef {{ api: string, control?: Int32Array, calls?: Call[] }} Start */
/** @typedef {{ shape: Shape, arrays: Arrays }} Call */

const isNode = typeof process === "object" && process.versions?.node !== undefined;
/** @type {any} what both have of a port */
const port = isNode ? (await import("node:worker_threads")).parentPort : self;
/** @type {ReturnType<typeof operationsOf> | undefined} */
let operations;

port.onmessage = async (/** @type {{ data: Start & Call }} */ { data }) => {
  if (operations === undefined) {
    operations = operationsOf(/** @type {Api} */ (await import(data.api)));
    if (data.control !== undefined) serve(operations, data.control, data.calls ?? []);
    else port.postMessage("started");
    return;
  }
  operations(data.shape)(data.arrays);
  port.postMessage(data.arrays, buffersOf(data.arrays));
};

/**
 * @param {ReturnType<typeof operationsOf>} operations
 * @param {Int32Array} control
 * @param {Call[]} calls on shared arrays
 */
function serve(operations, control, calls) {
  const runs = calls.map(({ shape, arrays }) => {
    const run = operations(shape);
    return () => run(arrays);
  });
  Atomics.store(control, STARTED, 1);
  Atomics.notify(control, STARTED);
  for (let made = 0; ; ) {
    while (Atomics.load(control, MADE) === made) {
      if (Atomics.load(control, SLEEPS) === 1) Atomics.wait(control, MADE, made);
    }
    made++;
    runs[Atomics.load(control, NEXT)]();
    Atomics.store(control, DONE, made);
  }
}
