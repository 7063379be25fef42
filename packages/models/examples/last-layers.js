// What a last layer costs in onnxruntime-node on one thread: dense, fixed in standard operators, and fixed as the core computes it.
import { pathToFileURL } from "node:url";
import { FixedClassifier } from "fixed-classifier";
import { headModel } from "fixed-classifier-models";
import ort from "onnxruntime-node";
import { numbers, shown, timed } from "./support/timing.js";

const SIZES = [
  { features: 2048, classes: 1000 },
  { features: 512, classes: 10_000 },
];
const ROWS = [1, 64];

/**
 * @param {object} [options]
 * @param {readonly { features: number, classes: number }[]} [options.sizes]
 * @param {number} [options.milliseconds] for each size and number of rows
 * @param {(line: string) => void} [options.print]
 */
export async function main({ sizes = SIZES, milliseconds = 3000, print = console.log } = {}) {
  for (const { features, classes } of sizes) {
    const fixed = new FixedClassifier({ features, classes });
    const dense = new FixedClassifier({ features, classes, code: "learned" });
    const sessions = { dense: await load(dense), fixed: await load(fixed) };
    for (const rows of ROWS) {
      const x = numbers(rows * features, 1);
      const feeds = { features: new ort.Tensor("float32", x, [rows, features]) };
      const out = new Float32Array(rows * classes);
      const times = await timed(
        {
          dense: () => sessions.dense.session.run(feeds),
          fixed: () => sessions.fixed.session.run(feeds),
          core: () => fixed.forward(x, { out }),
        },
        milliseconds,
      );
      print(
        `${features} → ${classes}, ${rows} rows: dense ${shown(times.dense)} ms, fixed ${shown(times.fixed)} ms ` +
          `(${(times.dense / times.fixed).toFixed(1)} times as fast), the core ${shown(times.core)} ms`,
      );
    }
    print(
      `${features} → ${classes}: dense ${sessions.dense.bytes} bytes, fixed ${sessions.fixed.bytes} bytes`,
    );
  }
}

/** @param {FixedClassifier} head */
async function load(head) {
  const model = headModel(head);
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  return { session, bytes: model.length };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
