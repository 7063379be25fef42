import { type Backend, backend, createBackend, FixedClassifier } from "fixed-classifier";
import { type Answerer, bestOf } from "./answer.js";

/** Milliseconds that are measured, after as many that are not: engines compile on the way. */
const SPAN = 40;
/** Rows are asked for one by one; so many together are timed, since a clock has its own grain. */
const TOGETHER = 16;

let oneThread: Backend | undefined;

/** Microseconds that the five best classes of a row take, the median, on one thread: what a server does at a request. */
export function microsecondsOf(candidate: Answerer, x: Float32Array, features: number): number {
  oneThread ??= createBackend(backend.name, { threads: 1 });
  const single = { backend: oneThread };
  const again = (head: FixedClassifier): FixedClassifier =>
    FixedClassifier.fromSafetensors(head.toSafetensors(), single);
  const { head, adapter, rerank } = candidate;
  const timed = { head: again(head), adapter: adapter === null ? null : again(adapter), rerank };
  const rows = Array.from({ length: Math.min(TOGETHER, x.length / features) }, (_, r) =>
    x.slice(r * features, (r + 1) * features),
  );
  const k = Math.min(5, head.classes);
  const times: number[] = [];
  const begin = performance.now();
  for (let now = begin; now < begin + 2 * SPAN || times.length < 3; ) {
    const start = performance.now();
    for (const row of rows) bestOf(timed, row, k);
    now = performance.now();
    if (now > begin + SPAN) times.push((1000 * (now - start)) / rows.length);
  }
  times.sort((a, b) => a - b);
  return times[times.length >> 1];
}
