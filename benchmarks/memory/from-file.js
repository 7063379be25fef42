// What it takes to read a head from a file, and what it keeps after a first row. A small one goes before, for what is compiled is no head's.
import { readFileSync } from "node:fs";
import { answer } from "../child.js";
import { normal } from "../data.js";
import { needed } from "../needed.js";
import { FixedClassifier } from "../product.js";

const [small, large] = process.argv.slice(2);
const collectGarbage = needed(globalThis.gc, "--expose-gc");
const x = normal(512);
/** @param {string} file */
function firstRow(file) {
  const head = FixedClassifier.fromSafetensors(readFileSync(file));
  const { scores } = head.topK(x, 1);
  if (!Number.isFinite(scores[0])) throw new Error("the score is not finite");
  return head;
}
firstRow(small);
await settled();
const before = process.memoryUsage.rss();
const start = performance.now();
const head = firstRow(large);
const nanoseconds = (performance.now() - start) * 1e6;
await settled();
const bytes = process.memoryUsage.rss() - before;
// Also keeps the head until here.
if (head.features !== x.length) throw new Error("the head has other features");
answer({ nanoseconds, bytes });

/** The engine frees the memory of arrays on another thread. */
async function settled() {
  for (let i = 0; i < 3; i++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
