// What steps.c steps through: an operation of a backend on rows of a shape. WebAssembly is compiled for speed at once by --no-liftoff, and what
// calls it has been called for a second.

import { createBackend } from "../product.js";
import { operationsOf } from "../targets/wasm.js";

const [backendName, operation, features, classes, rows] = process.argv.slice(2);
/** Milliseconds. */
const UNTIL_COMPILED = 1000;

const backend = createBackend(/** @type {"native" | "wasm"} */ (backendName), { threads: 1 });
const shape = { features: Number(features), classes: Number(classes), rows: Number(rows) };
const operations = operationsOf(shape, backend);
const run = operations[/** @type {keyof typeof operations} */ (operation)];
const start = performance.now();
while (performance.now() - start < UNTIL_COMPILED) run();
const mark = () => process.kill(process.pid, "SIGUSR2");
mark();
run();
mark();
