// What is compared: the operations that the table of targets measures, at its sizes. Both builds work on the same arrays.
import { normal } from "../data.js";
import { repeated } from "../timing.js";

/** @import { Product } from "../pair.js" */
/** @import { Backend, FixedClassifier, FwhtArray, FwhtOptions, TransformArray } from "../product.js" */

/** @typedef {{ product: Product, backend: Backend }} Build */
/** @typedef {{ before: () => number, now: () => number }} Contenders */
/** @typedef {(builds: [before: Build, now: Build]) => Contenders} Prepare */

/**
 * @param {(build: Build) => () => void} bind
 * @returns {Prepare}
 */
const both = (bind) => (builds) => {
  const [before, now] = builds.map(bind);
  // What is timed is compiled when both have been called, or the first would have the advantage.
  for (let i = 0; i < 10; i++) {
    before();
    now();
  }
  return { before: repeated(before), now: repeated(now) };
};

/**
 * Zeros may be transformed without end and take as long as other numbers.
 * @param {TransformArray} x
 * @param {number} [rowLength]
 */
const bound = (x, rowLength = x.length) =>
  both(({ product, backend }) => product.fwht.plan(x, { rowLength, backend }));

/**
 * @param {FwhtArray} x
 * @param {Pick<FwhtOptions, "shape" | "axes" | "type">} options
 */
const boundWith = (x, options) =>
  both(({ product, backend }) => product.fwht.plan(x, { ...options, backend }));

/** @param {TransformArray} x */
const plain = (x) =>
  both(
    ({ product }) =>
      () =>
        product.fwht(x),
  );

/**
 * @param {number} features
 * @param {number} classes
 * @param {number} rows
 * @param {(head: FixedClassifier, x: Float32Array, labels: Int32Array, out: Float32Array) => () => void} use
 */
const ofHead = (features, classes, rows, use) => {
  const x = normal(rows * features);
  const out = new Float32Array(rows * Math.min(classes, 100_000));
  const labels = Int32Array.from({ length: rows }, (_, r) => (r * 7919) % classes);
  return both(({ product, backend }) => {
    const head = new product.FixedClassifier({ features, classes, backend });
    head.bias?.set(normal(classes, 2));
    return use(head, x, labels, out);
  });
};

/**
 * A case; its arrays are made when its turn comes, for they are large.
 * @param {string} what
 * @param {() => Prepare} make
 * @returns {[string, Prepare]}
 */
const row = (what, make) => [what, (builds) => make()(builds)];

const POWERS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20].map((m) => 2 ** m);
const OTHERS = [344, 384, 768, 1280, 1664, 7168, 11_008];
/** @type {[features: number, classes: number][]} */
const SMALL = [
  [64, 10],
  [384, 50],
];
const SOME = [8, 12, 15].map((m) => 2 ** m);

/** @type {Parameters<typeof ofHead>[3]} */
const forward = (head, x, _, out) => () => head.forward(x, { out });
/** @type {Parameters<typeof ofHead>[3]} */
const step = (head, x, labels) => () => head.lossAndGradient(x, labels);
/** @param {number} classes */
const construct = (classes) =>
  both(
    ({ product, backend }) =>
      () =>
        new product.FixedClassifier({ features: 512, classes, backend }),
  );

export const CASES = [
  ...[...POWERS, ...OTHERS].map((n) => row(`fwht.plan float32 ${n}`, () => bound(new Float32Array(n)))),
  ...SOME.map((n) => row(`fwht.plan float64 ${n}`, () => bound(new Float64Array(n)))),
  ...SOME.map((n) => row(`fwht.plan int32 ${n}`, () => bound(new Int32Array(n)))),
  row("fwht.plan float32, 64 rows of 256", () => bound(new Float32Array(64 * 256), 256)),
  ...[64, 512, 1280].map((n) =>
    row(`fwht.plan float32, columns of ${n} × ${n}`, () =>
      boundWith(new Float32Array(n * n), { shape: [n, n], axes: [0] }),
    ),
  ),
  row("fwht.plan bfloat16 4096", () => boundWith(new Uint16Array(4096), { type: "bfloat16" })),
  ...[8, 64, 1024].map((n) => row(`fwht float32 ${n}`, () => plain(new Float32Array(n)))),
  row("head.plan 2048→1000, 1 row", () => ofHead(2048, 1000, 1, (head, x, _, out) => head.plan(x, { out }))),
  row("forward 2048→1000, 1 row", () => ofHead(2048, 1000, 1, forward)),
  row("forward 2048→1000, 64 rows", () => ofHead(2048, 1000, 64, forward)),
  row("forward 64→10, 1 row", () => ofHead(64, 10, 1, forward)),
  row("forward 384→50, 64 rows", () => ofHead(384, 50, 64, forward)),
  row("forward 512→100,000, 1 row", () => ofHead(512, 100_000, 1, forward)),
  ...[1, 5].map((k) =>
    row(`topK(${k}) 2048→1000, 64 rows`, () => ofHead(2048, 1000, 64, (head, x) => () => head.topK(x, k))),
  ),
  row("topK(5) 512→1,000,000, 1 row", () => ofHead(512, 1_000_000, 1, (head, x) => () => head.topK(x, 5))),
  row("probabilities 2048→1000, 64 rows", () =>
    ofHead(2048, 1000, 64, (head, x, _, out) => () => head.probabilities(x, { out })),
  ),
  row("backward 2048→1000, 64 rows", () =>
    ofHead(2048, 1000, 64, (head, x, _, out) => () => head.backward(x, out)),
  ),
  ...SMALL.flatMap(([features, classes]) => [
    row(`topK(5) ${features}→${classes}, 1 row`, () =>
      ofHead(features, classes, 1, (head, x) => () => head.topK(x, 5)),
    ),
    row(`chosen probabilities ${features}→${classes}, 1 row`, () =>
      ofHead(features, classes, 1, (head, x) => () => head.probabilities(x, { classes: [1, 3, 5] })),
    ),
    row(`backward ${features}→${classes}, 1 row`, () =>
      ofHead(features, classes, 1, (head, x, _, out) => () => head.backward(x, out)),
    ),
    row(`lossAndGradient ${features}→${classes}, 1 row`, () => ofHead(features, classes, 1, step)),
  ]),
  row("lossAndGradient 2048→1000, 1 row", () => ofHead(2048, 1000, 1, step)),
  row("lossAndGradient 2048→1000, 64 rows", () => ofHead(2048, 1000, 64, step)),
  row("lossAndGradient 512→1,000,000, 2 rows", () => ofHead(512, 1_000_000, 2, step)),
  ...[100, 100_000].map((classes) => row(`new FixedClassifier 512→${classes}`, () => construct(classes))),
];
