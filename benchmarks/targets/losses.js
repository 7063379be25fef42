// The loss with each of its options, and the scores of rows, against the plain loss of the same batch.
import { label } from "../backends.js";
import { normal } from "../data.js";
import { check, crossEntropy, largestOf, logit } from "../exact.js";
import { needed } from "../needed.js";
import { FixedClassifier } from "../product.js";
import { duration } from "../report.js";
import { byTurns, median, ratio, repeated } from "../timing.js";
import { judge } from "./row.js";

/** @import { Backend } from "../product.js" */
/** @import { Settings } from "./index.js" */
/** @import { Row } from "./row.js" */

const ROWS = 64;
const FEATURES = 2048;
const CLASSES = 1000;
const AT_MOST = 1.15;
/** Nanoseconds. */
const RUN = 500_000;

/** @param {Backend} backend */
function operationsOf(backend) {
  const head = new FixedClassifier({ features: FEATURES, classes: CLASSES, backend });
  needed(head.bias, "bias").set(normal(CLASSES, 2));
  const x = normal(ROWS * FEATURES);
  const labels = Int32Array.from({ length: ROWS }, (_, r) => (r * 37) % CLASSES);
  const ignored = labels.map((c, r) => (r % 16 === 15 ? -100 : c));
  const classWeights = normal(CLASSES, 3).map((v) => 0.5 + Math.abs(v));
  const sampleWeights = normal(ROWS, 4).map((v) => 0.5 + Math.abs(v));
  const targets = normal(ROWS * CLASSES, 5).map((v) => Math.abs(v) / CLASSES);
  const out = { features: new Float32Array(x.length), bias: new Float32Array(CLASSES) };
  const labelSmoothing = 0.1;
  const plain = () => head.lossAndGradient(x, labels, { out });

  const exact = Float64Array.from({ length: ROWS * CLASSES }, (_, i) => {
    const r = Math.floor(i / CLASSES);
    return logit(x.subarray(r * FEATURES, (r + 1) * FEATURES), head, i % CLASSES);
  });
  const expected = crossEntropy(exact, labels, CLASSES);
  const { gradient } = plain();
  check(
    "gradient",
    needed(gradient.bias, "bias"),
    (i) => expected.gradient[i],
    10 * largestOf(expected.gradient),
  );

  return {
    plain,
    labelSmoothing: () => head.lossAndGradient(x, labels, { out, labelSmoothing }),
    ignoreIndex: () => head.lossAndGradient(x, ignored, { out, ignoreIndex: -100 }),
    sampleWeights: () => head.lossAndGradient(x, labels, { out, sampleWeights }),
    classWeights: () => head.lossAndGradient(x, labels, { out, classWeights }),
    "classWeights and labelSmoothing": () =>
      head.lossAndGradient(x, labels, { out, classWeights, labelSmoothing }),
    "soft targets": () => head.lossAndGradient(x, targets, { out }),
    "soft targets, classWeights and labelSmoothing": () =>
      head.lossAndGradient(x, targets, { out, classWeights, labelSmoothing }),
    margin: () => head.lossAndGradient(x, labels, { out, margin: 0.35 }),
    angularMargin: () => head.lossAndGradient(x, labels, { out, angularMargin: 0.5 }),
    energyAndGradient: () => head.energyAndGradient(x, { out, normalised: false }),
  };
}

/**
 * @param {Settings} settings
 * @returns {Row[]}
 */
export function lossRows({ backends, milliseconds }) {
  return backends.flatMap((backend) => {
    const operations = operationsOf(backend);
    const timed = Object.entries(operations).map(([name, run]) => [name, repeated(run, RUN)]);
    const samples = byTurns(Object.fromEntries(timed), 16 * milliseconds);
    return Object.keys(operations)
      .filter((name) => name !== "plain")
      .map((name) => ({
        what: `${name}, ${FEATURES}→${CLASSES}, ${ROWS} rows, by the plain loss, ${label(backend)}`,
        target: `≤ ${AT_MOST.toFixed(2)} of its time`,
        ...judge(ratio(samples[name], samples.plain), { atMost: AT_MOST }),
        measured: `${duration(median(samples[name]))} by ${duration(median(samples.plain))}`,
      }));
  });
}
