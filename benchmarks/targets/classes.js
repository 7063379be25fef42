// A head of a million classes.
import { normal } from "../data.js";
import { check, crossEntropy, largestOf, logits } from "../exact.js";
import { BATCH, MILLION } from "../memory/shape.js";
import { measureMemory } from "../memory/start.js";
import { needed } from "../needed.js";
import { FixedClassifier } from "../product.js";
import { duration } from "../report.js";
import { byTurns, median, repeated } from "../timing.js";
import { judge } from "./row.js";

/** @import { Settings } from "./index.js" */
/** @import { Row } from "./row.js" */

const { features, classes } = MILLION;
const NAME = `${features}→${classes.toLocaleString("en")}`;
const BEST = 5;
const PROCESSES = 5;

const MILLISECOND = 1e6;
const MEGABYTE = 1e6;

function prepareTopK() {
  const head = new FixedClassifier({ ...MILLION, bias: false });
  const x = normal(features);
  const topK = () => head.topK(x, BEST);
  const exact = logits(x, head);
  const best = exact.toSorted().subarray(-BEST).toReversed();
  const found = topK();
  check("topK", found.scores, (k) => best[k], best[0]);
  check("topK", found.scores, (k) => exact[found.classes[k]], best[0]);
  return repeated(topK);
}

function prepareStep() {
  const head = new FixedClassifier(MILLION);
  needed(head.bias, "bias").set(normal(classes, 2));
  const x = normal(BATCH * features);
  const labels = Int32Array.from({ length: BATCH }, (_, row) => (row * 31_013 + 77) % classes);
  const out = { features: new Float32Array(x.length), bias: new Float32Array(classes) };
  const step = () => head.lossAndGradient(x, labels, { out });

  const z = new Float64Array(BATCH * classes);
  for (let row = 0; row < BATCH; row++) {
    z.set(logits(x.subarray(row * features, (row + 1) * features), head), row * classes);
  }
  const expected = crossEntropy(z, labels, classes);
  const { loss, gradient } = step();
  check("loss", [loss], () => expected.loss, Math.abs(expected.loss));
  // Apart: those of the other classes are far smaller than those of the labels.
  const labelled = new Set(labels);
  for (const wanted of [true, false]) {
    const [found, exact] = [needed(gradient.bias, "gradient by the bias"), expected.gradient].map((values) =>
      values.filter((_, c) => labelled.has(c) === wanted),
    );
    check("gradient", found, (i) => exact[i], 10 * largestOf(exact));
  }
  return repeated(step);
}

async function constructions() {
  const samples = [];
  for (let i = 0; i < PROCESSES; i++) samples.push(await measureMemory("construction.js"));
  return {
    nanoseconds: median(samples.map(({ nanoseconds }) => nanoseconds)),
    bytes: median(samples.map(({ bytes }) => bytes)),
  };
}

/** @type {(what: string, nanoseconds: number, milliseconds: number, per: string, measured: string) => Row} */
const timeRow = (what, nanoseconds, milliseconds, per, measured) => ({
  what,
  target: `≤ ${duration(milliseconds * MILLISECOND)}${per}`,
  unit: "ns",
  ...judge(nanoseconds, { atMost: milliseconds * MILLISECOND }),
  measured,
});

/** @type {(what: string, bytes: number, megabytes: number, measured: string) => Row} */
const memoryRow = (what, bytes, megabytes, measured) => ({
  what,
  target: `≤ ${megabytes} MB`,
  unit: "bytes",
  ...judge(bytes, { atMost: megabytes * MEGABYTE }),
  measured,
});

/**
 * One contender after the other: a million classes leave nothing of another's in the caches.
 * @param {Settings} settings
 */
export async function classRows({ milliseconds }) {
  /** @param {() => number} run */
  const time = (run) => median(byTurns({ run }, 4 * milliseconds).run);
  const topK = time(prepareTopK());
  const step = time(prepareStep());
  const made = await constructions();
  const trained = await measureMemory("training-step.js");
  return [
    timeRow(`topK(${BEST}) ${NAME}, 1 row, no bias`, topK, 0.075, "", `${duration(topK / classes)} a class`),
    timeRow(
      `lossAndGradient ${NAME}, ${BATCH} rows`,
      step / BATCH,
      0.45,
      " a row",
      `${duration(step)} for all rows`,
    ),
    memoryRow(
      `lossAndGradient ${NAME}, ${BATCH} rows, beside bias and gradients`,
      trained.bytes,
      64,
      "most that resident memory grows",
    ),
    timeRow(`construction of a head ${NAME}`, made.nanoseconds, 100, "", "the first of a process"),
    memoryRow(`construction of a head ${NAME}, no bias`, made.bytes, 1, "resident memory that a head keeps"),
  ];
}
