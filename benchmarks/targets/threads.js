// Two threads against one, on the shapes large enough for them.
import { availableParallelism } from "node:os";
import { normal } from "../data.js";
import { createBackend, FixedClassifier, fwht } from "../product.js";
import { duration } from "../report.js";
import { allocated, checkTransform, transforms } from "../rows.js";
import { byTurns, median, ratio, repeated } from "../timing.js";
import { judge } from "./row.js";

/** @import { Backend } from "../product.js" */
/** @import { Settings } from "./index.js" */
/** @import { MissingRow, Row } from "./row.js" */

const THREADS = 2;
const TARGET = 1.6;
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
 * @param {Backend} backend
 * @param {number} rows
 */
function forwardWith(backend, rows) {
  const head = new FixedClassifier({ features: 2048, classes: 1000, backend });
  const x = normal(rows * 2048);
  const out = new Float32Array(rows * 1000);
  return repeated(() => head.forward(x, { out }), RUN);
}

/**
 * @param {string} what
 * @param {(backend: Backend) => () => number} prepare
 * @param {Settings} settings
 * @returns {Row}
 */
function row(what, prepare, { milliseconds }) {
  const samples = byTurns(
    {
      one: prepare(createBackend("native", { threads: 1 })),
      two: prepare(createBackend("native", { threads: THREADS })),
    },
    8 * milliseconds,
  );
  return {
    what: `${THREADS} threads, ${what}`,
    target: `≥ ${TARGET.toFixed(2)} of one thread`,
    ...judge(ratio(samples.one, samples.two), { atLeast: TARGET }),
    measured: `${duration(median(samples.two))} by ${duration(median(samples.one))}`,
  };
}

/**
 * @param {Settings} settings
 * @returns {(Row | MissingRow)[]}
 */
export function threadRows(settings) {
  if (availableParallelism() < THREADS) {
    return [{ what: `${THREADS} threads`, target: `≥ ${TARGET} of one thread`, missing: "one processor" }];
  }
  return [
    ...[20, 22].map((m) =>
      row(`FWHT float32, n = 2^${m}`, (backend) => transformWith(backend, 2 ** m), settings),
    ),
    row("head forward 2048→1000, 256 rows", (backend) => forwardWith(backend, 256), settings),
  ];
}
