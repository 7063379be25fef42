// What a width costs and what it keeps: bits, bytes and time of a head beside the accuracies of the training runs.
// `node examples/product-codes/widths.js` writes the table of docs/product-training.md.
import { FixedClassifier } from "../../dist/index.js";
import { writeTable } from "./report.js";
import { rowsOf } from "./results.js";

const WIDTHS = [2, 4, 8, 16, 32];
const FEATURES = 512;
const CLASSES = 100_000;
const CALLS = 41;

/** @type {(values: number[]) => number} */
const median = (values) => /** @type {number} */ (values.sort((a, b) => a - b)[values.length >> 1]);

/** @param {number} width */
function rowTime(width) {
  const head = new FixedClassifier({
    features: FEATURES,
    classes: CLASSES,
    code: { name: "product", width },
  });
  const forward = head.plan(Float32Array.from({ length: FEATURES }, (_, i) => Math.sin(i)));
  const times = Array.from({ length: CALLS }, () => {
    const start = performance.now();
    forward();
    return performance.now() - start;
  });
  return median(times);
}

/**
 * The mean over the seeds of a run, of plain straight-through training.
 * @param {string} run
 * @param {number} width
 */
function accuracy(run, width) {
  const found = rowsOf(run)
    .filter(
      ({ settings: { head, roundEvery, classScale = false, start = "random" } }) =>
        head === `product:${width}` && roundEvery === 1 && !classScale && start === "random",
    )
    .map(({ result }) => Number(result.accuracy));
  if (found.length === 0) return "";
  const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
  return `${mean.toFixed(1)} (${found.length})`;
}

writeTable(
  "widths",
  [
    "width",
    "bits a feature",
    `bytes a class at ${FEATURES}`,
    `a row of ${FEATURES}→${CLASSES.toLocaleString("en")}, µs`,
    "Omniglot, % (seeds)",
    "CLINC150, % (seeds)",
  ],
  WIDTHS.map((width) => [
    String(width),
    (Math.log2(2 * width) / width).toFixed(2),
    String((FEATURES / width) * (width <= 8 ? 0.5 : 1)),
    (1000 * rowTime(width)).toFixed(0),
    accuracy("omniglot", width),
    accuracy("intents", width),
  ]),
);
