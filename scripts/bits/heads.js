// Every operation of a head, over heads of all codes: what is hashed of them.
import { floats, integers, KINDS, labels } from "./inputs.js";

/** @import { FixedClassifier, FixedClassifierOptions, Gradient, Reduction } from "../../dist/index.js" */
/** @import { Api, Case, Result } from "./cases.js" */
/** @import { Shapes } from "./shapes.js" */

/**
 * What is done with a head, `rows` rows of features for it and a seed.
 * @typedef {(head: FixedClassifier, x: Float32Array<ArrayBuffer>, seed: number, rows: number) =>
 *   Iterable<Result> | AsyncIterable<Result>} HeadCase
 */

/** @type {Reduction[]} */
const REDUCTIONS = ["mean", "sum", "none"];

/** @param {Gradient} gradient */
export function* gradientOf({ features, scale, bias, weights }) {
  yield features;
  if (scale !== null) yield scale;
  if (bias !== null) yield bias;
  if (weights !== null) yield weights;
}

/**
 * @param {Api} api
 * @param {Shapes} shapes
 */
export function casesOverHeads({ FixedClassifier }, shapes) {
  /**
   * `use` over every head, with rows of changing kinds and numbers.
   * @param {HeadCase} use
   * @returns {Case}
   */
  return (use, heads = shapes.heads) =>
    async function* (backend) {
      let seed = 100;
      for (const options of heads) {
        for (const bias of [true, false]) {
          const { features, classes } = options;
          const head = new FixedClassifier({ ...options, bias, backend });
          head.bias?.set(floats(classes, seed++));
          const kind = KINDS[seed % KINDS.length];
          const rows = features * classes > 500_000 ? 3 : shapes.rows[seed % shapes.rows.length];
          yield* use(head, floats(rows * features, seed++, "normal"), seed, rows);
          yield* use(head, floats(rows * features, seed++, kind), seed, rows);
        }
      }
    };
}

/**
 * Heads that keep the vectors of a dense layer, of all classes or of some.
 * @returns {FixedClassifierOptions[]}
 */
function withOriginals() {
  return [true, false].map((normalised) => {
    const weights = floats(77 * 300, 9);
    const originals = { weights, bias: normalised ? null : floats(300, 10) };
    return {
      features: 77,
      classes: normalised ? 310 : 300,
      code: { name: "product", stages: 2, normalised, weights, originals },
    };
  });
}

/**
 * @param {Api} api
 * @param {Shapes} shapes
 * @returns {Record<string, Case>}
 */
export function headCases(api, shapes) {
  const onHeads = casesOverHeads(api, shapes);
  return {
    start: onHeads(function* (head) {
      yield head.scale;
      if (head.weights !== null) yield head.weights;
    }),
    forward: onHeads(function* (head, x) {
      yield head.forward(x);
      yield head.plan(x)();
    }),
    forwardAsync: onHeads(async function* (head, x) {
      yield await head.forwardAsync(x);
    }),
    probabilities: onHeads(function* (head, x) {
      yield head.probabilities(x);
      yield head.probabilities(x, { classes: [head.classes - 1, 0] });
    }),
    topK: onHeads(function* (head, x) {
      for (const k of [1, Math.min(5, head.classes), Math.min(64, head.classes)]) {
        const { classes, scores } = head.topK(x, k);
        yield classes;
        yield scores;
      }
    }),
    "topK by originals": onHeads(function* (head, x) {
      const { classes, scores } = head.topK(x, 3, { rerank: 12 });
      yield classes;
      yield scores;
    }, withOriginals()),
    backward: onHeads(function* (head, x, seed, rows) {
      yield* gradientOf(head.backward(x, floats(rows * head.classes, seed + 1)));
    }),
    lossAndGradient: onHeads(function* (head, x, seed, rows) {
      const y = labels(rows, head.classes, seed);
      for (const labelSmoothing of [0, 0.1]) {
        for (const reduction of REDUCTIONS) {
          const { loss, gradient } = head.lossAndGradient(x, y, { labelSmoothing, reduction });
          yield loss;
          yield* gradientOf(gradient);
        }
      }
    }),
    "heads of matrices that are not symmetric": onHeads(function* (head, x, seed, rows) {
      yield head.forward(x);
      yield head.probabilities(x);
      yield head.topK(x, 5).scores;
      yield* gradientOf(head.backward(x, floats(rows * head.classes, seed + 1)));
      const { loss, gradient } = head.lossAndGradient(x, labels(rows, head.classes, seed));
      yield loss;
      yield* gradientOf(gradient);
    }, shapes.notSymmetricHeads),
    "other types of features": onHeads(function* (head, x, seed, rows) {
      const bits = Uint16Array.from(integers(rows * head.features, seed), (v) => v & 0xffff);
      yield head.forward(bits, { type: "float16" });
      yield head.forward(bits, { type: "bfloat16" });
      const int8 = Int8Array.from(integers(rows * head.features, seed + 1), (v) => v & 0xff);
      yield head.forward(int8, { featureScale: 0.1 });
      const y = labels(rows, head.classes, seed);
      yield* gradientOf(head.lossAndGradient(int8, y, { featureScale: 0.1 }).gradient);
      yield* gradientOf(head.backward(int8, floats((x.length / head.features) * head.classes, seed + 1)));
    }),
    "more classes": onHeads(function* (head, x) {
      const { code, features, classes } = head;
      if (code.name === "hadamard" && features > 5 && classes < 2000)
        yield head.withClasses(classes + 3).forward(x);
    }),
  };
}
