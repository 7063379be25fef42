// One call that needs much scratch memory, then many that need little: prints by how many mebibytes the process has grown after the one
// and after the others.
import { createBackend, FixedClassifier } from "../../dist/index.js";

const backend = createBackend("native", { threads: 1 });
/** Its scratch memory is four arrays of this many numbers, of which topK uses two: 32 MiB. */
const CLASSES = 2 ** 22;
const x = new Float32Array(64).fill(1);
const small = new FixedClassifier({ features: 64, classes: 100, backend });
small.forward(x);

function look() {
  if (globalThis.gc === undefined) throw new Error("memory is compared under node --expose-gc only");
  globalThis.gc();
  return process.memoryUsage.rss() / 2 ** 20;
}

const start = look();
const code = /** @type {const} */ ({ name: "sylvester", allowDuplicates: true });
new FixedClassifier({ features: 64, classes: CLASSES, bias: false, code, backend }).topK(x, 1);
const large = look() - start;
for (let i = 0; i < 200; i++) small.forward(x);
console.log(JSON.stringify({ large, afterwards: look() - start }));
