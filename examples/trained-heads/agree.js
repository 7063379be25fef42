// How often a rounded head has the best class of the dense layer that it was made of.
import { FixedClassifier } from "../../dist/index.js";
import { tf } from "./tensorflow.js";

/** @import { DenseLayer, FromDenseOptions } from "../../dist/index.js" */

/** Rows whose logits are made at a time. */
const ROWS = 256;
/** Classes that are scored again. */
const CANDIDATES = 16;
const BEST = 5;

/** @typedef {{ width: number, stages: number }} Code */
/**
 * What a dense layer says of rows: its best class, the probability that it gives it, and its labels' part where it is right.
 * @typedef {{ best: Int32Array, sure: Float32Array }} Answers
 */
/**
 * Rows, and how many of them have the dense layer's best class by the code first, among the first five, and first of 16 that are scored again;
 * `sure` and `sureBest` are the rows of which the dense layer is at least half sure. `alone` and `refined` are `best` of heads without
 * calibration and with `refine`, where there are such. `seconds` is the time that rounding took without it.
 * @typedef {Code & { rows: number, best: number, amongFive: number, reranked: number, sure: number, sureBest: number, alone?: number, refined?: number, seconds: number }} Agreement
 */

/** The codes that are measured, of half a bit to three. @type {Code[]} */
export const CODES = [
  { width: 8, stages: 1 },
  { width: 4, stages: 1 },
  { width: 8, stages: 2 },
  { width: 2, stages: 1 },
  { width: 8, stages: 3 },
  { width: 4, stages: 2 },
  { width: 8, stages: 4 },
  { width: 2, stages: 2 },
  { width: 4, stages: 4 },
];

/** Bits of a weight. @param {Code} code */
export const bitsOf = ({ width, stages }) => (stages * Math.log2(2 * width)) / width;

/**
 * @param {DenseLayer} layer
 * @param {Float32Array} x
 * @returns {Answers}
 */
export function answersOf({ features, classes, weights, bias }, x) {
  const rows = x.length / features;
  const best = new Int32Array(rows);
  const sure = new Float32Array(rows);
  const [kernel, added] = tf.tidy(() => [
    tf.keep(tf.tensor2d(weights, [classes, features]).transpose()),
    tf.keep(bias ? tf.tensor1d(bias) : tf.zeros([classes])),
  ]);
  for (let first = 0; first < rows; first += ROWS) {
    const some = x.subarray(first * features, (first + ROWS) * features);
    tf.tidy(() => {
      const logits = tf
        .tensor2d(some, [some.length / features, features])
        .matMul(kernel)
        .add(added);
      best.set(logits.argMax(1).dataSync(), first);
      sure.set(logits.softmax().max(1).dataSync(), first);
    });
  }
  tf.dispose([kernel, added]);
  return { best, sure };
}

/**
 * Of rows that calibration has not seen.
 * @param {DenseLayer} layer
 * @param {Code} code
 * @param {Float32Array} calibration
 * @param {Float32Array} x
 * @param {Answers} answers of the layer for x
 * @returns {Promise<Agreement>}
 */
export async function agreementOf(layer, { width, stages }, calibration, x, { best, sure }) {
  const start = performance.now();
  const head = await FixedClassifier.fromDense(layer, {
    code: { name: "product", width, stages },
    calibration,
    originals: true,
  });
  const seconds = (performance.now() - start) / 1000;
  const five = head.topK(x, BEST).classes;
  const again = head.topK(x, 1, { rerank: CANDIDATES }).classes;
  const counts = { best: 0, amongFive: 0, reranked: 0, sure: 0, sureBest: 0 };
  best.forEach((c, r) => {
    const first = five[r * BEST] === c;
    if (first) counts.best++;
    if (five.subarray(r * BEST, (r + 1) * BEST).includes(c)) counts.amongFive++;
    if (again[r] === c) counts.reranked++;
    if (sure[r] >= 0.5) {
      counts.sure++;
      if (first) counts.sureBest++;
    }
  });
  return { width, stages, rows: best.length, ...counts, seconds };
}

/**
 * How many rows have the layer's best class first, by a head that is made with other options.
 * @param {DenseLayer} layer
 * @param {Code} code
 * @param {Partial<FromDenseOptions>} options
 * @param {Float32Array} x
 * @param {Answers} answers of the layer for x
 */
export async function bestWith(layer, { width, stages }, options, x, { best }) {
  const code = { name: /** @type {const} */ ("product"), width, stages };
  const head = await FixedClassifier.fromDense(layer, { code, ...options });
  const { classes } = head.topK(x, 1);
  return best.filter((c, r) => classes[r] === c).length;
}

/**
 * Both halves of the rows, each by a head that was calibrated on the other.
 * @param {DenseLayer} layer
 * @param {Code} code
 * @param {Float32Array} x
 * @param {Answers} answers
 */
export async function crossAgreementOf(layer, code, x, { best, sure }) {
  const middle = Math.floor(best.length / 2);
  const parts = [
    [0, middle],
    [middle, best.length],
  ];
  const [a, b] = parts.map(([from, to]) => ({
    x: x.subarray(from * layer.features, to * layer.features),
    answers: { best: best.subarray(from, to), sure: sure.subarray(from, to) },
  }));
  const first = await agreementOf(layer, code, a.x, b.x, b.answers);
  const second = await agreementOf(layer, code, b.x, a.x, a.answers);
  return {
    ...code,
    rows: first.rows + second.rows,
    best: first.best + second.best,
    amongFive: first.amongFive + second.amongFive,
    reranked: first.reranked + second.reranked,
    sure: first.sure + second.sure,
    sureBest: first.sureBest + second.sureBest,
    seconds: Math.max(first.seconds, second.seconds),
  };
}
