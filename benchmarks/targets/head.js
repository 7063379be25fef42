// The head against the bound transform of a row of its width, and its other operations against forward.
import { normal } from "../data.js";
import { check, crossEntropy, largestOf, logit } from "../exact.js";
import { needed } from "../needed.js";
import { FixedClassifier, fwht } from "../product.js";
import { duration } from "../report.js";
import { allocated, checkTransform, transforms } from "../rows.js";
import { byTurns, median, ratio, repeated } from "../timing.js";
import { judge } from "./row.js";

/** @import { LossAndGradient, TopK } from "../product.js" */
/** @import { Settings } from "./index.js" */
/** @import { Row } from "./row.js" */

const ROWS = 64;
const SHAPE = { features: 2048, classes: 1000 };
/** Nanoseconds: some calls one after the other, of which the first may fetch what other operations have put out of the caches. */
const RUN = 500_000;
const NAME = `${SHAPE.features}→${SHAPE.classes}, ${ROWS} rows`;

/**
 * A head and its operations on one batch, checked against float64.
 * @param {{ features: number, classes: number, rows: number }} shape
 */
export function headOperations({ features, classes, rows }) {
  const head = new FixedClassifier({ features, classes });
  needed(head.bias, "bias").set(normal(classes, 2));
  const x = normal(rows * features);
  const labels = Int32Array.from({ length: rows }, (_, row) => (row * 37) % classes);
  const out = new Float32Array(rows * classes);
  const best = { classes: new Int32Array(rows), scores: new Float32Array(rows) };
  const gradients = { features: new Float32Array(x.length), bias: new Float32Array(classes) };
  const operations = {
    forward: () => head.forward(x, { out }),
    top1: () => head.topK(x, 1, { out: best }),
    lossAndGradient: () => head.lossAndGradient(x, labels, { out: gradients }),
  };
  /** @param {number} r */
  const row = (r) => x.subarray(r * features, (r + 1) * features);
  verify(operations, { head, classes, rows, row, labels });
  return operations;
}

/**
 * @param {{ forward: () => Float32Array, top1: () => TopK, lossAndGradient: () => LossAndGradient }} operations
 * @param {{ head: FixedClassifier, classes: number, rows: number, row: (r: number) => Float32Array, labels: Int32Array }} batch
 */
function verify({ forward, top1, lossAndGradient }, { head, classes, rows, row, labels }) {
  const exact = Float64Array.from({ length: rows * classes }, (_, i) =>
    logit(row(Math.floor(i / classes)), head, i % classes),
  );
  const largest = largestOf(exact);
  check("head forward", forward(), (i) => exact[i], largest);
  const best = top1();
  check(
    "head topK",
    best.scores,
    (r) => Math.max(...exact.subarray(r * classes, (r + 1) * classes)),
    largest,
  );
  check("head topK", best.scores, (r) => exact[r * classes + best.classes[r]], largest);
  const { loss, gradient } = lossAndGradient();
  const expected = crossEntropy(exact, labels, classes);
  check("head loss", [loss], () => expected.loss, Math.abs(expected.loss));
  const found = needed(gradient.bias, "gradient by the bias");
  check("head gradient", found, (i) => expected.gradient[i], 10 * largestOf(expected.gradient));
}

/**
 * @param {Settings} settings
 * @returns {Row[]}
 */
export function headRows({ milliseconds }) {
  const { forward, top1, lossAndGradient } = headOperations({ ...SHAPE, rows: ROWS });
  const x = allocated("float32", SHAPE.features);
  const transform = fwht.plan(x);
  checkTransform("fwht.plan", x, transform);
  const samples = byTurns(
    {
      transform: transforms("float32", x, transform),
      forward: repeated(forward, RUN),
      top1: repeated(top1, RUN),
      lossAndGradient: repeated(lossAndGradient, RUN),
    },
    8 * milliseconds,
  );
  const perRow = samples.forward.map((time) => time / ROWS);
  /** @param {number[]} samples */
  const time = (samples) => duration(median(samples));
  return [
    {
      what: `head forward ${NAME}, a row by a bound FWHT of ${SHAPE.features}`,
      target: "≤ 0.75 of its time",
      ...judge(ratio(perRow, samples.transform), { atMost: 0.75 }),
      measured: `${time(perRow)} by ${time(samples.transform)}`,
    },
    {
      what: `head topK(1) ${NAME}, by forward`,
      target: "≤ 1.08 of its time",
      ...judge(ratio(samples.top1, samples.forward), { atMost: 1.08 }),
      measured: `${time(samples.top1)} by ${time(samples.forward)}`,
    },
    {
      what: `lossAndGradient ${NAME}, by forward`,
      target: "≤ 3.30 of its time",
      ...judge(ratio(samples.lossAndGradient, samples.forward), { atMost: 3.3 }),
      measured: `${time(samples.lossAndGradient)} by ${time(samples.forward)}`,
    },
  ];
}
