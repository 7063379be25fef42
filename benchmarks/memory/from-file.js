// What it takes to read a head from a file, and what it keeps after a first row.
import { readFileSync } from "node:fs";
import { answer } from "../child.js";
import { normal } from "../data.js";
import { needed } from "../needed.js";
import { FixedClassifier } from "../product.js";

const [small, large] = process.argv.slice(2);
const collectGarbage = needed(globalThis.gc, "--expose-gc");
const x = normal(512);
// The engine's optimising compiler, 4 MB of code, is resident before, and by a small head what else is no head's. No large arrays:
// the allocator keeps the memory of arrays that are no larger than those it has freed.
for (let i = 0; i < 5000; i++) normal(512);
/** @param {Uint8Array} bytes */
function firstRow(bytes) {
  const head = FixedClassifier.fromSafetensors(bytes);
  const { scores } = head.topK(x, 1);
  if (!Number.isFinite(scores[0])) throw new Error("the score is not finite");
  return head;
}
firstRow(readFileSync(small));
await settled();
const before = process.memoryUsage.rss();
const start = performance.now();
let reading = 0;
const head = firstRow(timed(() => readFileSync(large)));
const nanoseconds = (performance.now() - start) * 1e6;
await settled();
const bytes = process.memoryUsage.rss() - before;
// Also keeps the head until here.
if (head.features !== x.length) throw new Error("the head has other features");
answer({ nanoseconds, reading, bytes });

/** Not a variable of the module, which would keep the bytes of the file. @param {() => Uint8Array} read */
function timed(read) {
  const bytes = read();
  reading = (performance.now() - start) * 1e6;
  return bytes;
}

/** The engine frees the memory of arrays on another thread. */
async function settled() {
  for (let i = 0; i < 3; i++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
