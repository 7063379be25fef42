// The WebAssembly backend against the limit inside WebAssembly, and against native code on the same arrays.
import { normal } from "../data.js";
import { check } from "../exact.js";
import { needed } from "../needed.js";
import { FixedClassifier, fwht, rotation } from "../product.js";
import { duration } from "../report.js";
import { checkTransform, transforms, values } from "../rows.js";
import { byTurns, median, ratio, repeated } from "../timing.js";
import { wasmLimits } from "../wasm/limit.js";
import { judge, range, worst } from "./row.js";

/** @import { Backend } from "../product.js" */
/** @import { Settings } from "./index.js" */
/** @import { MissingRow, Row } from "./row.js" */

/** Elements of a batch, or one row: with its copy in the module 32 KiB, which every first-level cache holds. */
const BATCH = 2 ** 12;
const EXPONENTS = [8, 9, 10, 11, 12, 13, 14];
const AT_LEAST = 0.75;
const BY_NATIVE = 3.2;
/** Milliseconds: engines compile for speed on another thread, while what is called goes on as it is. */
const UNTIL_COMPILED = 500;
/** Nanoseconds. */
const RUN = 200_000;

/** @param {Settings} settings */
export async function measureWasm({ backends, milliseconds }) {
  const backend = backends.find(({ instructionSet }) => instructionSet === "simd128");
  if (backend === undefined) return [];
  const limits = await wasmLimits();
  return EXPONENTS.map((m) => {
    const n = 2 ** m;
    const x = values("float32", Math.max(n, BATCH));
    const transform = fwht.plan(x, { rowLength: n, backend });
    checkTransform(`fwht.plan rows of ${n} on wasm`, x, transform, { rowLength: n });
    compiled({ zeros: fwht.plan(new Float32Array(x.length), { rowLength: n, backend }) });
    const rows = x.length / n;
    const { call, least, additions } = byTurns(
      {
        call: transforms("float32", x, transform, n),
        least: () => rows * limits.transform(n),
        additions: () => x.length * m * limits.additions(),
      },
      milliseconds,
    );
    return {
      m,
      n,
      nanoseconds: median(call),
      limit: ((x.length * m) / median(least)) * 1e9,
      fraction: ratio(least, call),
      ofAdditions: ratio(additions, call),
    };
  });
}

/** @param {Record<string, () => void>} operations called until they are as fast as they get */
export function compiled(operations) {
  const start = performance.now();
  while (performance.now() - start < UNTIL_COMPILED) for (const run of Object.values(operations)) run();
}

const SHAPES = [
  { features: 2048, classes: 1000, rows: 64 },
  { features: 1280, classes: 1000, rows: 64 },
  { features: 384, classes: 50, rows: 64 },
  { features: 512, classes: 100_000, rows: 1 },
];

/**
 * @param {typeof SHAPES[number]} shape
 * @param {Backend} backend
 */
export function operationsOf({ features, classes, rows }, backend) {
  const head = new FixedClassifier({ features, classes, backend });
  needed(head.bias, "bias").set(normal(classes, 2));
  const x = normal(rows * features);
  const labels = Int32Array.from({ length: rows }, (_, r) => (r * 37) % classes);
  const targets = normal(rows * classes, 5).map((v) => Math.abs(v) / classes);
  const gradLogits = normal(rows * classes, 6);
  const logits = new Float32Array(rows * classes);
  const probabilities = new Float32Array(rows * classes);
  const out = { features: new Float32Array(x.length), bias: new Float32Array(classes) };
  const rotated = x.slice();
  const turn = rotation({ length: features, seed: 1, backend });
  return {
    forward: () => head.forward(x, { out: logits }),
    "topK(1)": () => head.topK(x, 1).scores,
    "topK(5)": () => head.topK(x, 5).scores,
    probabilities: () => head.probabilities(x, { out: probabilities }),
    logSumExp: () => head.logSumExp(x),
    backward: () => head.backward(x, gradLogits, { out }).features,
    lossAndGradient: () => head.lossAndGradient(x, labels, { out }).gradient.features,
    "lossAndGradient of soft targets": () => head.lossAndGradient(x, targets, { out }).gradient.features,
    "rotation.apply": () => turn.apply(rotated),
  };
}

/** Product codes, whose entries are looked up: WebAssembly has no permutation of floats. */
const PRODUCT = { name: /** @type {const} */ ("product"), width: 8 };
const PRODUCT_BY_NATIVE = 4;
const PRODUCT_SHAPES = [
  { features: 2048, classes: 1000, rows: 1 },
  { features: 2048, classes: 1000, rows: 64 },
  { features: 512, classes: 100_000, rows: 1 },
  { features: 512, classes: 100_000, rows: 64 },
  { features: 512, classes: 1_000_000, rows: 1 },
];

/**
 * @param {typeof PRODUCT_SHAPES[number]} shape
 * @param {Backend} backend
 * @returns {Record<string, () => Float32Array>}
 */
function productOperationsOf({ features, classes, rows }, backend) {
  const head = new FixedClassifier({ features, classes, code: PRODUCT, backend });
  needed(head.bias, "bias").set(normal(classes, 2));
  const x = normal(rows * features);
  const topK = () => head.topK(x, 5).scores;
  if (classes > 100_000) return { "topK(5)": topK };
  const labels = Int32Array.from({ length: rows }, (_, r) => (r * 37) % classes);
  const gradLogits = normal(rows * classes, 6);
  const logits = new Float32Array(rows * classes);
  const out = { features: new Float32Array(x.length), bias: new Float32Array(classes) };
  return {
    forward: () => head.forward(x, { out: logits }),
    "topK(5)": topK,
    backward: () => head.backward(x, gradLogits, { out }).features,
    lossAndGradient: () => head.lossAndGradient(x, labels, { out }).gradient.features,
  };
}

/**
 * Every operation on WebAssembly by the same on the best instruction set of the native backend; the results have to be the same.
 * @template {{ features: number, classes: number, rows: number }} Shape
 * @param {Settings} settings
 * @param {{ shapes: Shape[], code: string, atMost: number, of: (shape: Shape, backend: Backend) => Record<string, () => Float32Array> }} compared
 * @returns {Row[]}
 */
function byNativeRows({ backends, milliseconds }, { shapes, code, atMost, of }) {
  const native = backends.find(({ name }) => name === "native");
  const wasm = backends.find(({ instructionSet }) => instructionSet === "simd128");
  if (native === undefined || wasm === undefined) return [];
  return shapes.flatMap((shape) => {
    const own = of(shape, wasm);
    const other = of(shape, native);
    for (const [name, run] of Object.entries(own)) {
      const expected = other[name]();
      check(
        `${name} on wasm`,
        run(),
        (i) => expected[i],
        Math.max(...expected.subarray(0, 1000).map(Math.abs)),
      );
    }
    compiled(own);
    return Object.keys(own).map((name) => {
      const samples = byTurns(
        { wasm: repeated(own[name], RUN), native: repeated(other[name], RUN) },
        2 * milliseconds,
      );
      const { features, classes, rows } = shape;
      return {
        what: `${name} ${features}→${classes.toLocaleString("en")}${code}, ${rows} rows, wasm simd128 by native ${native.instructionSet}`,
        target: `≤ ${atMost.toFixed(2)} of its time`,
        ...judge(ratio(samples.wasm, samples.native), { atMost }),
        measured: `${duration(median(samples.wasm))} by ${duration(median(samples.native))}`,
      };
    });
  });
}

/**
 * @param {Settings} settings
 * @param {Awaited<ReturnType<typeof measureWasm>>} sizes
 * @returns {(Row | MissingRow)[]}
 */
export function wasmRows(settings, sizes) {
  return [
    ...sizes.map((size) => ({
      what: `FWHT float32 on wasm simd128, batches of ${BATCH.toLocaleString("en")} elements, copies too, ${range(size.m, size.m)}`,
      target: `≥ ${AT_LEAST.toFixed(2)} of the limit in WebAssembly`,
      ...worst([size], ({ fraction }) => fraction, { atLeast: AT_LEAST }),
    })),
    ...byNativeRows(settings, { shapes: SHAPES, code: "", atMost: BY_NATIVE, of: operationsOf }),
    ...byNativeRows(settings, {
      shapes: PRODUCT_SHAPES,
      code: " of a product code, d = 8",
      atMost: PRODUCT_BY_NATIVE,
      of: productOperationsOf,
    }),
  ];
}
