// Straight-through training of a product code: a matrix W is learned, each step computes with its rounding, and the gradient of the rounded
// vectors is taken for that of W / ‖W‖.
import { FixedClassifier } from "../../../dist/index.js";
import { Graph } from "../engine/graph.js";
import { Buffers, Program } from "../engine/program.js";
import { score } from "./fixed.js";
import { parameter } from "./parameters.js";

/** @import { Head, HeadParameters, HeadShape } from "./parameters.js" */

/**
 * @param {number} width
 * @param {HeadShape} shape
 * @param {HeadParameters} parameters
 * @param {{ roundEvery: number, classScale: boolean }} options `roundEvery`: steps between two roundings; `classScale`: whether each class
 * learns a magnitude
 * @returns {Promise<Head>}
 */
export async function roundedHead(width, shape, { matrix, bias, scale }, { roundEvery, classScale }) {
  const { features, classes, rows } = shape;
  const any = new FixedClassifier({ features, classes, code: { name: "product", width } });
  const products = await rowProducts(shape);
  const magnitudes = parameter(new Float32Array(classes).fill(1));
  /** @type {Uint8Array} */
  let assignment = new Uint8Array(0);
  let head = any;
  let steps = 0;

  function round() {
    assignment = any.round(matrix.value);
    renew();
  }
  function renew() {
    const code = { name: /** @type {const} */ ("product"), width, assignment };
    head = new FixedClassifier({
      features,
      classes,
      code: classScale ? { ...code, magnitudes: magnitudes.value } : code,
    });
  }
  function load() {
    head.scale = scale.value[0];
    head.bias?.set(bias.value);
  }

  return {
    parameters: [matrix, bias, scale, ...(classScale ? [magnitudes] : [])],
    async step(x, labels) {
      if (steps++ % roundEvery === 0) round();
      else if (classScale) renew();
      load();
      const { difference, normalized } = products;
      head.probabilities(x, { out: difference });
      let loss = 0;
      for (let row = 0; row < rows; row++) {
        const at = row * classes + labels[row];
        loss -= Math.log(Math.max(difference[at], 1e-38));
        difference[at] -= 1;
      }
      const gradient = head.backward(x, difference);
      normalize(x, features, normalized);
      await products.run();
      scale.gradient[0] = (gradient.scale ?? 0) / rows;
      for (let c = 0; c < classes; c++)
        bias.gradient[c] = /** @type {Float32Array} */ (gradient.bias)[c] / rows;
      if (classScale)
        throughMagnitudes(products.result, magnitudes, assignment, width, scale.value[0] / rows);
      throughLength(products.result, matrix, features, scale.value[0] / rows);
      for (let i = 0; i < gradient.features.length; i++) gradient.features[i] /= rows;
      return { loss: loss / rows, gradient: gradient.features };
    },
    async evaluate(x, labels) {
      round();
      load();
      return score(head, x, labels);
    },
    classifier() {
      round();
      load();
      return head;
    },
    release: () => products.release(),
  };
}

/**
 * ∂L/∂w_c = s · Σ over rows of ∂L/∂z_c · x̂, but for the factor: one product of matrices.
 * @param {HeadShape} shape
 */
async function rowProducts({ features, classes, rows }) {
  const graph = new Graph();
  const difference = graph.input("difference", [rows, classes]);
  const normalized = graph.input("normalized", [rows, features]);
  const result = graph.node("Gemm", [difference, normalized], [classes, features], { transA: 1 });
  const buffers = new Buffers();
  const program = await Program.create(graph, buffers, [result]);
  return {
    difference: buffers.array(difference),
    normalized: buffers.array(normalized),
    result: buffers.array(result),
    run: () => program.run(),
    release: () => program.release(),
  };
}

/**
 * @param {Float32Array} x
 * @param {number} features
 * @param {Float32Array} out
 */
function normalize(x, features, out) {
  for (let start = 0; start < x.length; start += features) {
    let sum = 0;
    for (let i = start; i < start + features; i++) sum += x[i] * x[i];
    const factor = 1 / (Math.sqrt(sum) + 1e-8);
    for (let i = start; i < start + features; i++) out[i] = x[i] * factor;
  }
}

/**
 * ∂L/∂μ_c = ⟨∂L/∂w_c, q_c⟩ for w_c = μ_c·q_c, and that of q_c in place of that of w_c.
 * @param {Float32Array} gradient but for `factor`
 * @param {import("../engine/adam.js").Parameter} magnitudes which have to stay above zero
 * @param {Uint8Array} assignment
 * @param {number} width
 * @param {number} factor
 */
function throughMagnitudes(gradient, magnitudes, assignment, width, factor) {
  const classes = magnitudes.value.length;
  const features = gradient.length / classes;
  const count = assignment.length / classes;
  const unit = factor / Math.sqrt(features);
  for (let c = 0; c < classes; c++) {
    let sum = 0;
    const magnitude = magnitudes.value[c];
    for (let i = 0; i < features; i++) {
      const row = assignment[c * count + Math.floor(i / width)];
      const at = c * features + i;
      sum += signOf(row, i % width, width) * gradient[at];
      gradient[at] *= magnitude;
    }
    magnitudes.gradient[c] = sum * unit;
  }
}

/**
 * Entry k of a signed row: (−1)^popcount(row & k), and its opposite from the width on.
 * @param {number} row
 * @param {number} k
 * @param {number} width
 */
export function signOf(row, k, width) {
  let sign = row < width ? 1 : -1;
  for (let bits = row & k & (width - 1); bits !== 0; bits &= bits - 1) sign = -sign;
  return sign;
}

/**
 * The gradient of W from that of W / ‖W‖, row by row.
 * @param {Float32Array} gradient but for `factor`
 * @param {import("../engine/adam.js").Parameter} matrix
 * @param {number} features
 * @param {number} factor
 */
export function throughLength(gradient, { value, gradient: out }, features, factor) {
  for (let start = 0; start < value.length; start += features) {
    let square = 0;
    let along = 0;
    for (let i = start; i < start + features; i++) {
      square += value[i] * value[i];
      along += value[i] * gradient[i];
    }
    const length = Math.max(Math.sqrt(square), 1e-12);
    const share = along / (length * length);
    for (let i = start; i < start + features; i++)
      out[i] = (factor * (gradient[i] - share * value[i])) / length;
  }
}
