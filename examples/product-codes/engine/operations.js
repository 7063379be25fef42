// Operations with gradients. Where PyTorch has one of the same name, it is that one.

/** @import { Tensor } from "./graph.js" */

/**
 * x wᵀ + b, the bias being optional.
 * @param {Tensor} x rows × features
 * @param {Tensor} w outputs × features
 * @param {Tensor} [b]
 */
export function linear(x, w, b) {
  const { graph } = x;
  const given = b === undefined ? [x, w] : [x, w, b];
  const output = graph.node("Gemm", given, [x.shape[0], w.shape[0]], { transB: 1 });
  return graph.differentiable(output, given, (g) => [
    graph.node("Gemm", [g, w], x.shape),
    graph.node("Gemm", [g, x], w.shape, { transA: 1 }),
    ...(b === undefined ? [] : [sum(g, [0])]),
  ]);
}

/**
 * 3×3, as many results as there are inputs, without a bias.
 * @param {Tensor} x batch × channels × height × width
 * @param {Tensor} w outputs × channels × 3 × 3
 * @param {boolean} first whether nothing in front of it needs a gradient
 */
export function convolution(x, w, first = false) {
  const { graph } = x;
  const [batch, , height, width] = x.shape;
  const pads = [1, 1, 1, 1];
  const shape = [batch, w.shape[0], height, width];
  const output = graph.node("Conv", [x, w], shape, { pads, kernel_shape: [3, 3] });
  return graph.differentiable(output, [x, w], (g) => {
    const ofW = filterGradient(x, g, w.shape);
    const ofX = () => graph.node("ConvTranspose", [g, w], x.shape, { pads, kernel_shape: [3, 3] });
    return [first ? null : ofX(), ofW];
  });
}

/**
 * ∂L/∂w: for each of the nine places of a filter the product of two matrices over all pixels of all images. As a convolution, which it is
 * too, it takes twice as long in onnxruntime.
 * @param {Tensor} x
 * @param {Tensor} g
 * @param {number[]} shape outputs × channels × 3 × 3
 */
function filterGradient(x, g, [outputs, channels, ...places]) {
  const { graph } = x;
  const [batch, , height, width] = x.shape;
  const int64 = (/** @type {number[]} */ data) => graph.constant(data, "int64");
  const pixels = batch * height * width;
  const padded = graph.node(
    "Pad",
    [swap(x), int64([0, 0, 1, 1, 0, 0, 1, 1])],
    [channels, batch, height + 2, width + 2],
  );
  const gradient = reshape(swap(g), [outputs, pixels]);
  const products = [];
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      const box = [int64([i, j]), int64([i + height, j + width]), int64([2, 3])];
      const shifted = graph.node("Slice", [padded, ...box], [channels, batch, height, width]);
      const flat = reshape(shifted, [channels, pixels]);
      products.push(graph.node("Gemm", [gradient, flat], [outputs, channels], { transB: 1 }));
    }
  }
  const columns = products.map((product) => reshape(product, [outputs, channels, 1]));
  return reshape(graph.node("Concat", columns, [outputs, channels, 9], { axis: 2 }), [
    outputs,
    channels,
    ...places,
  ]);
}

/** Exchanges the first two axes. @param {Tensor} x */
function swap(x) {
  const [a, b, ...rest] = x.shape;
  return x.graph.node("Transpose", [x], [b, a, ...rest], { perm: [1, 0, 2, 3] });
}

/**
 * Batch normalisation by the statistics of the batch, which it returns too.
 * @param {Tensor} x batch × channels × height × width
 * @param {Tensor} gamma
 * @param {Tensor} beta
 * @param {number} epsilon
 */
export function batchNormalization(x, gamma, beta, epsilon) {
  const { graph } = x;
  const [batch, channels, height, width] = x.shape;
  const a = [1, channels, 1, 1];
  const axes = [0, 2, 3];
  const n = graph.constant(batch * height * width);
  const mean = average(x, axes);
  const centred = graph.node("Sub", [x, mean], x.shape);
  const variance = average(graph.node("Mul", [centred, centred], x.shape), axes);
  const deviation = graph.node("Sqrt", [graph.node("Add", [variance, graph.constant(epsilon)], a)], a);
  const factor = graph.node("Div", [reshape(gamma, a), deviation], a);
  const scaled = graph.node("Mul", [centred, factor], x.shape);
  const output = graph.node("Add", [scaled, reshape(beta, a)], x.shape);
  graph.differentiable(output, [x, gamma, beta], (g) => {
    const ofBeta = sum(g, axes, 1);
    const product = sum(graph.node("Mul", [g, centred], x.shape), axes, 1);
    const ofGamma = graph.node("Div", [product, deviation], a);
    // factor · (g − ofBeta / n − centred / deviation · ofGamma / n)
    const share = graph.node("Div", [graph.node("Div", [ofGamma, deviation], a), n], a);
    const along = graph.node("Mul", [centred, share], x.shape);
    const rest = graph.node("Add", [along, graph.node("Div", [ofBeta, n], a)], x.shape);
    const ofX = graph.node("Mul", [graph.node("Sub", [g, rest], x.shape), factor], x.shape);
    return [ofX, reshape(ofGamma, gamma.shape), reshape(ofBeta, beta.shape)];
  });
  return { output, mean: reshape(mean, gamma.shape), variance: reshape(variance, gamma.shape) };
}

/**
 * The largest of 2×2, rounded down at the edge; of equal ones the first has the gradient.
 * @param {Tensor} x batch × channels × height × width
 */
export function maxPool(x) {
  const { graph } = x;
  const [batch, channels, height, width] = x.shape;
  const shape = [batch, channels, Math.floor(height / 2), Math.floor(width / 2)];
  const attributes = { kernel_shape: [2, 2], strides: [2, 2] };
  const results = /** @type {const} */ ([{ shape }, { shape, type: "int64" }]);
  const [output, indices] = graph.nodeOf("MaxPool", [x], [...results], attributes);
  const size = graph.constant(x.shape, "int64");
  return graph.differentiable(output, [x], (g) => [
    graph.node("MaxUnpool", [g, indices, size], x.shape, attributes),
  ]);
}

/** @param {Tensor} x */
export function relu(x) {
  const { graph } = x;
  const output = graph.node("Relu", [x], x.shape);
  const zero = graph.constant(0);
  return graph.differentiable(output, [x], (g) => {
    const active = graph.node("Greater", [output, zero], x.shape, {}, "bool");
    return [graph.node("Where", [active, g, zero], x.shape)];
  });
}

/**
 * @param {Tensor} x
 * @param {Tensor} factor that needs no gradient, of the same shape
 */
export function multiplyBy(x, factor) {
  const { graph } = x;
  const output = graph.node("Mul", [x, factor], x.shape);
  return graph.differentiable(output, [x], (g) => [graph.node("Mul", [g, factor], x.shape)]);
}

/**
 * s · x for a scalar s.
 * @param {Tensor} x
 * @param {Tensor} s of one element
 */
export function scale(x, s) {
  const { graph } = x;
  const output = graph.node("Mul", [x, s], x.shape);
  return graph.differentiable(output, [x, s], (g) => {
    const axes = x.shape.map((_, axis) => axis);
    return [
      graph.node("Mul", [g, s], x.shape),
      reshape(sum(graph.node("Mul", [g, x], x.shape), axes, 1), s.shape),
    ];
  });
}

/**
 * Rows plus one row of biases.
 * @param {Tensor} x
 * @param {Tensor} b
 */
export function addBias(x, b) {
  const { graph } = x;
  const output = graph.node("Add", [x, b], x.shape);
  return graph.differentiable(output, [x, b], (g) => [g, sum(g, [0])]);
}

/** Rows divided by their length. @param {Tensor} x */
export function normalizeRows(x) {
  const { graph } = x;
  const a = [x.shape[0], 1];
  const square = (/** @type {Tensor} */ y) => graph.node("Mul", [y, y], x.shape);
  const length = graph.node("Sqrt", [sum(square(x), [1], 1)], a);
  const positive = graph.node("Max", [length, graph.constant(1e-12)], a);
  const output = graph.node("Div", [x, positive], x.shape);
  return graph.differentiable(output, [x], (g) => {
    const along = sum(graph.node("Mul", [g, output], x.shape), [1], 1);
    const across = graph.node("Sub", [g, graph.node("Mul", [output, along], x.shape)], x.shape);
    return [graph.node("Div", [across, positive], x.shape)];
  });
}

/**
 * @param {Tensor} x
 * @param {number[]} shape
 */
export function flatten(x, shape) {
  const output = reshape(x, shape);
  return x.graph.differentiable(output, [x], (g) => [reshape(g, x.shape)]);
}

/**
 * @param {Tensor} x
 * @param {number[]} shape
 */
const reshape = (x, shape) => x.graph.node("Reshape", [x, x.graph.constant(shape, "int64")], shape);

/**
 * @param {Tensor} x
 * @param {number[]} axes
 * @param {0 | 1} keepdims
 */
function sum(x, axes, keepdims = 0) {
  const shape = x.shape.flatMap((size, axis) => (axes.includes(axis) ? (keepdims ? [1] : []) : [size]));
  return x.graph.node("ReduceSum", [x, x.graph.constant(axes, "int64")], shape, { keepdims });
}

/**
 * @param {Tensor} x
 * @param {number[]} axes
 */
function average(x, axes) {
  const shape = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return x.graph.node("ReduceMean", [x], shape, { axes, keepdims: 1 });
}

export { reshape, sum };
