// backward, and lossAndGradient with all of its options.
import { drawFeatures } from "../features.js";
import { drawHead } from "../heads.js";
import { drawKind, floats } from "../values.js";

/** @import { Gradient, GradientOutput } from "../../../dist/index.js" */
/** @import { DrawnHead } from "../heads.js" */
/** @import { Memory } from "../memory.js" */
/** @import { Operation } from "../operation.js" */
/** @import { Random } from "../random.js" */

/**
 * Of which class vectors of a product code the gradient is wanted: of none, of all, or of some.
 * @param {Random} random
 * @param {DrawnHead} head
 */
function drawWeightGradient(random, head) {
  if (!head.rounded || random.chance(0.5)) return undefined;
  if (random.chance(0.5)) return true;
  const classes = Array.from({ length: head.classes }, (_, c) => c).filter(() => random.chance(0.5));
  return classes.length === 0 ? false : random.chance(0.5) ? classes : Int32Array.from(classes.reverse());
}

/**
 * Which gradients go to arrays of the caller, and how much longer these are than needed.
 * @param {Random} random
 * @param {DrawnHead} head
 */
export function drawGradientOut(random, head, withWeights = head.learned) {
  if (random.chance(0.4)) return null;
  const spare = () => (random.chance(0.6) ? random.below(6) : undefined);
  return {
    features: spare(),
    bias: head.bias === null ? undefined : spare(),
    weights: withWeights ? spare() : undefined,
  };
}

/**
 * @param {Memory} memory
 * @param {DrawnHead} head
 * @param {number} rows
 * @param {ReturnType<typeof drawGradientOut>} spare
 * @returns {{ out?: GradientOutput }}
 */
export function placeGradientOut(memory, { features, classes }, rows, spare) {
  if (spare === null) return {};
  const lengths = { features: rows * features, bias: classes, weights: classes * features };
  /** @type {GradientOutput} */
  const out = {};
  for (const name of /** @type {const} */ (["features", "bias", "weights"])) {
    const more = spare[name];
    if (more !== undefined) out[name] = memory.output(lengths[name], more);
  }
  return { out };
}

/** As it can be compared. @param {Gradient} gradient */
export const gradientParts = ({ features, scale, bias, weights }) => ({ features, scale, bias, weights });

/**
 * Weights that are allowed, at least 0 and finite.
 * @param {Random} random
 * @param {number} length
 */
function drawWeights(random, length) {
  const values = floats(random, length, random.pick(/** @type {const} */ (["normal", "sparse", "mixed"])));
  for (let i = 0; i < length; i++) values[i] = Math.abs(values[i]);
  const form = random.below(3);
  return form === 0 ? Array.from(values) : form === 1 ? Float64Array.from(values) : values;
}

/** @typedef {ReturnType<typeof drawWeights>} Weights */

/**
 * @param {Memory} memory
 * @param {Weights} weights
 */
const placeWeights = (memory, weights) => (Array.isArray(weights) ? weights : memory.input(weights));

const LABEL_ARRAYS = [
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Uint8ClampedArray,
];

/**
 * One class a row, in any array that holds it, and an option `ignoreIndex` in some.
 * @param {Random} random
 * @param {number} rows
 * @param {number} classes
 */
function drawLabels(random, rows, classes) {
  const ignoreIndex = random.chance(0.7) ? undefined : random.pick([-100, -1, 0, classes, 127]);
  const labels = Array.from({ length: rows }, () =>
    ignoreIndex !== undefined && random.chance(0.3) ? ignoreIndex : random.below(classes),
  );
  const arrays = LABEL_ARRAYS.filter((Type) => labels.every((label) => Type.of(label)[0] === label));
  const Type = random.chance(0.3) ? undefined : random.pick(arrays);
  return { labels: Type === undefined ? labels : Type.from(labels), ignoreIndex };
}

/**
 * @param {Random} random
 * @param {number} rows
 * @param {DrawnHead} head
 */
export function drawTargets(random, rows, head) {
  const sampleWeights = random.chance(0.25) ? drawWeights(random, rows) : undefined;
  if (random.chance(0.25)) {
    const kind = random.chance(0.6) ? "positive" : drawKind(random);
    const soft = floats(random, rows * head.classes, kind);
    return { soft, labels: [], ignoreIndex: undefined, sampleWeights, shape: { targets: `soft ${kind}` } };
  }
  const { labels, ignoreIndex } = drawLabels(random, rows, head.classes);
  const shape = {
    targets: labels.constructor.name,
    ignoreIndex,
    sampleWeights: sampleWeights?.constructor.name,
  };
  return { soft: null, labels, ignoreIndex, sampleWeights, shape };
}

/**
 * @param {Memory} memory
 * @param {ReturnType<typeof drawTargets>} targets
 */
export function placeTargets(memory, { soft, labels, ignoreIndex, sampleWeights }) {
  /** @type {Record<string, unknown>} */
  const options = {};
  if (ignoreIndex !== undefined) options.ignoreIndex = ignoreIndex;
  if (sampleWeights !== undefined) options.sampleWeights = placeWeights(memory, sampleWeights);
  const given = soft ?? labels;
  const placed = Array.isArray(given) ? given : memory.input(/** @type {Int32Array} */ (given));
  return { labels: placed, options };
}

/**
 * The options of one loss that are numbers, and the weights of classes.
 * @param {Random} random
 * @param {DrawnHead} head
 * @param {boolean} soft whether targets are soft
 */
function drawLoss(random, head, soft) {
  /** @type {Record<string, unknown>} */
  const options = {};
  if (random.chance(0.7)) options.reduction = random.pick(["mean", "sum", "none"]);
  if (!soft && random.chance(0.15)) {
    options.loss = "dot-regression";
    if (head.scale === 0 || random.chance(0.5)) options.target = random.unit() * 20 + 2 ** -30;
    return { options, classWeights: null };
  }
  if (random.chance(0.1)) options.loss = "cross-entropy";
  if (random.chance(0.3)) options.labelSmoothing = random.chance(0.2) ? 0 : random.unit();
  if (!soft && head.normalised && random.chance(0.25)) {
    if (random.chance(0.6)) options.margin = 2 * random.unit();
    if (random.chance(0.6)) options.angularMargin = 3.14 * random.unit();
  }
  return { options, classWeights: random.chance(0.25) ? drawWeights(random, head.classes) : null };
}

/** @type {Operation[]} */
export const GRADIENTS = [
  {
    name: "backward",
    weight: 10,
    kinds: ["features", "gradLogits", "options"],
    options: ["gradients", "type", "featureScale", "weightGradient"],
    draw(random) {
      const head = drawHead(random);
      const x = drawFeatures(random, head);
      const kind = drawKind(random);
      const gradLogits = floats(random, x.rows * head.classes, kind);
      const weightGradient = drawWeightGradient(random, head);
      const wanted = weightGradient === undefined ? {} : { weightGradient };
      const spare = drawGradientOut(random, head, head.learned || weightGradient === true);
      return {
        shape: { head: head.shape, x: x.shape, gradLogits: kind, weightGradient, spare },
        width: head.features,
        classes: head.classes,
        needs: x.rows * head.features,
        on(backend, memory) {
          const h = head.on(backend, memory);
          const placed = x.place(memory);
          const out = placeGradientOut(memory, head, x.rows, spare);
          return {
            args: [placed, memory.input(gradLogits), { ...x.options, ...wanted, ...out }],
            run: h.backward.bind(h),
            results: gradientParts,
          };
        },
      };
    },
  },
  {
    name: "lossAndGradient",
    weight: 24,
    kinds: ["features", "labels", "options"],
    options: [
      ...["gradients", "type", "featureScale", "loss", "reduction", "ignoreIndex", "sampleWeights"],
      ...["labelSmoothing", "classWeights", "margin", "angularMargin", "target", "weightGradient"],
    ],
    draw(random) {
      const head = drawHead(random);
      const x = drawFeatures(random, head);
      const targets = drawTargets(random, x.rows, head);
      const loss = drawLoss(random, head, targets.soft !== null);
      const weightGradient = drawWeightGradient(random, head);
      const wanted = weightGradient === undefined ? {} : { weightGradient };
      const spare = drawGradientOut(random, head, head.learned || weightGradient === true);
      const classWeights = loss.classWeights?.constructor.name;
      return {
        shape: {
          head: head.shape,
          x: x.shape,
          ...targets.shape,
          ...loss.options,
          classWeights,
          weightGradient,
          spare,
        },
        width: head.features,
        classes: head.classes,
        needs: x.rows * head.features,
        on(backend, memory) {
          const h = head.on(backend, memory);
          const { labels, options } = placeTargets(memory, targets);
          const placed = x.place(memory);
          if (loss.classWeights !== null) options.classWeights = placeWeights(memory, loss.classWeights);
          const out = placeGradientOut(memory, head, x.rows, spare);
          return {
            args: [placed, labels, { ...loss.options, ...options, ...x.options, ...wanted, ...out }],
            run: h.lossAndGradient.bind(h),
            results: (returned) => ({ loss: returned.loss, ...gradientParts(returned.gradient) }),
          };
        },
      };
    },
  },
];
