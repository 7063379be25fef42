// Makes heads and plans in one go, without a turn of the event loop in which finalizers would run, and prints by how many mebibytes the
// process has grown: after each kind, and when all is done and collected.
import { setTimeout as wait } from "node:timers/promises";
import { createBackend, FixedClassifier, fwht, rotation } from "../../dist/index.js";

const [name, instructionSet, count] = /** @type {["native", string, string]} */ (process.argv.slice(2));
/** Where the numbers of a backend that is made in the loop are enough. */
const FEWER = 100;

const threads = 1;
const backend = createBackend(name, { instructionSet, threads });
const x = new Float32Array(64).fill(1);
const kept = new FixedClassifier({ features: 64, classes: 100, backend });
const rotated = rotation({ length: 64, backend });
const file = kept.toSafetensors();
const rows = new Uint32Array(17_024 * 16);
const wide = new Float32Array(512).fill(1);
const learned = { name: /** @type {const} */ ("learned"), seed: 1 };

/** @type {Record<string, [times: number, run: () => void]>} */
const KINDS = {
  "new FixedClassifier": [1, () => new FixedClassifier({ features: 64, classes: 100, backend }).forward(x)],
  "a dense one": [
    10,
    () => new FixedClassifier({ features: 64, classes: 10, code: learned, backend }).forward(x),
  ],
  "a product code": [
    10,
    () => new FixedClassifier({ features: 64, classes: 100, code: "product", backend }).forward(x),
  ],
  fromSafetensors: [1, () => FixedClassifier.fromSafetensors(file, { backend }).forward(x)],
  withClasses: [1, () => kept.withClasses(101).forward(x)],
  "head.plan": [1, () => kept.plan(x)()],
  "fwht.plan": [1, () => fwht.plan(x, { backend })()],
  rotation: [1, () => rotation({ length: 64, backend }).apply(x)],
  "rotation plan": [1, () => rotated.plan(x)()],
  createBackend: [FEWER, () => fwht(x, { backend: createBackend(name, { instructionSet, threads }) })],
  // The last, for what the engine has not collected of it yet would count for the next.
  "rows of 1 MiB": [
    200,
    () => {
      const code = { name: /** @type {const} */ ("product"), packed: rows };
      new FixedClassifier({ features: 512, classes: 17_024, code, backend }).topK(wide, 1);
    },
  ],
};

function megabytes() {
  return process.memoryUsage.rss() / 2 ** 20;
}

if (globalThis.gc === undefined) throw new Error("memory is compared under node --expose-gc only");
for (const [, run] of Object.values(KINDS)) run();
globalThis.gc();
const start = megabytes();
/** @type {Record<string, number>} */
const grown = {};
for (const [kind, [fewer, run]] of Object.entries(KINDS)) {
  let most = 0;
  for (let i = 0; i * fewer < Number(count); i++) {
    run();
    if (i % 1000 === 0) most = Math.max(most, megabytes());
  }
  grown[kind] = Math.max(most, megabytes()) - start;
}
globalThis.gc();
await wait(100);
globalThis.gc();
console.log(JSON.stringify({ grown, afterwards: megabytes() - start }));
