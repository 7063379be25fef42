// Two threads against one, on the shapes large enough for them.
import { availableParallelism } from "node:os";
import { lookAtCores } from "../cores.js";
import { createBackend, fwht } from "../product.js";
import { duration } from "../report.js";
import { allocated, checkTransform, transforms } from "../rows.js";
import { byTurns, median, ratio, repeated, Watch } from "../timing.js";
import { judge, worst } from "./row.js";
import { operationsOf } from "./wasm.js";

/** @import { Backend } from "../product.js" */
/** @import { Settings } from "./index.js" */
/** @import { MissingRow, Row } from "./row.js" */

const THREADS = 2;
const OF_ONE_ROW = 1.6;
const OF_BATCH = 1.8;
const SHAPE = { features: 2048, classes: 1000 };
const HEAD_OPERATIONS = /** @type {const} */ ([
  "forward",
  "topK(1)",
  "topK(5)",
  "probabilities",
  "logSumExp",
  "backward",
  "lossAndGradient",
  "rotation.apply",
]);
const ROWS = [64, 256, 1024];
/** Nanoseconds of calls one after the other: the threads of the pool are asleep at the first, and stay awake for those that follow. */
const RUN = 2_000_000;

/**
 * @param {Backend} backend
 * @param {number} n
 */
function transformWith(backend, n) {
  const x = allocated("float32", n);
  const transform = fwht.plan(x, { backend });
  checkTransform(`fwht n=${n}`, x, transform);
  return transforms("float32", x, transform);
}

/**
 * Rounds count in which the two threads have cores of their own that are near each other, and nothing else runs there.
 * @param {Settings} settings
 */
function watchCores({ native, instructionSets }) {
  return new Watch(() => {
    const { place, together } = lookAtCores(native, instructionSets[0]);
    return place === "near" ? together : 0;
  });
}

/**
 * How many times as fast two threads are.
 * @param {(backend: Backend) => () => number} prepare
 * @param {number} milliseconds
 * @param {Watch} watch
 */
function gain(prepare, milliseconds, watch) {
  const samples = byTurns(
    {
      one: prepare(createBackend("native", { threads: 1 })),
      two: prepare(createBackend("native", { threads: THREADS })),
    },
    milliseconds,
    watch,
  );
  return {
    nanoseconds: median(samples.two),
    ofOne: median(samples.one),
    value: ratio(samples.one, samples.two),
  };
}

/**
 * @param {number} m
 * @param {number} milliseconds
 * @param {Watch} watch
 * @returns {Row}
 */
function transformRow(m, milliseconds, watch) {
  const { nanoseconds, ofOne, value } = gain(
    (backend) => transformWith(backend, 2 ** m),
    milliseconds,
    watch,
  );
  return {
    what: `${THREADS} threads, FWHT float32, n = 2^${m}`,
    target: `≥ ${OF_ONE_ROW.toFixed(2)} of one thread`,
    ...judge(value, { atLeast: OF_ONE_ROW }),
    measured: `${duration(nanoseconds)} by ${duration(ofOne)}`,
  };
}

/** @type {[name: string, of: (rows: number, backend: Backend) => () => void][]} */
const BATCHES = [
  ...HEAD_OPERATIONS.map(
    (name) =>
      /** @type {typeof BATCHES[number]} */ ([
        `${name} ${SHAPE.features}→${SHAPE.classes.toLocaleString("en")}`,
        (rows, backend) => operationsOf({ ...SHAPE, rows }, backend)[name],
      ]),
  ),
  [
    "fwht of rows of 1,024",
    (rows, backend) => {
      const x = allocated("float32", rows * 1024);
      x.fill(0);
      return fwht.plan(x, { rowLength: 1024, backend });
    },
  ],
];

/**
 * @param {Settings} settings
 * @returns {(Row | MissingRow)[]}
 */
export function threadRows(settings) {
  if (availableParallelism() < THREADS) {
    return [{ what: `${THREADS} threads`, target: `≥ ${OF_BATCH} of one thread`, missing: "one processor" }];
  }
  const watch = watchCores(settings);
  const { milliseconds } = settings;
  const batches = BATCHES.map(([name, of]) => {
    const sizes = ROWS.map((rows) => {
      const measured = gain((backend) => repeated(of(rows, backend), RUN), 4 * milliseconds, watch);
      return { n: rows, ...measured };
    });
    const worstOf = worst(sizes, ({ value }) => value, { atLeast: OF_BATCH });
    return {
      what: `${THREADS} threads, ${name}, ${ROWS.map((rows) => rows.toLocaleString("en")).join(", ")} rows`,
      target: `≥ ${OF_BATCH.toFixed(2)} of one thread`,
      ...worstOf,
    };
  });
  return [...[20, 22].map((m) => transformRow(m, 8 * milliseconds, watch)), ...batches];
}
