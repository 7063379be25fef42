/** What networks of images are made of besides: 3×3 convolution and pooling. */
import type { Shape, Tensor } from "./graph.js";
import { concat, reshape } from "./operations.js";

const PADS = [1, 1, 1, 1];

/**
 * 3×3, as many results as there are inputs, without a bias.
 * @param x batch × channels × height × width
 * @param w outputs × channels × 3 × 3
 */
export function convolution(x: Tensor, w: Tensor): Tensor {
  const { graph } = x;
  const [batch, , height, width] = x.shape;
  const attributes = { pads: PADS, kernel_shape: [3, 3] };
  const output = graph.node("Conv", [x, w], [batch, w.shape[0], height, width], attributes);
  return graph.differentiable(output, [x, w], (g) => [
    graph.node("ConvTranspose", [g, w], x.shape, attributes),
    filterGradient(x, g, w.shape),
  ]);
}

/** Up to so many channels the nine places are one product: alone they would be too narrow to be worth one. */
const FEW = 4;

/**
 * ∂L/∂w: for each of the nine places of a filter the product of two matrices over all pixels of all images. As a convolution, which it is
 * too, it takes twice as long in onnxruntime.
 * @param shape outputs × channels × 3 × 3
 */
function filterGradient(x: Tensor, g: Tensor, [outputs, channels]: Shape): Tensor {
  const { graph } = x;
  const [batch, , height, width] = x.shape;
  const pixels = batch * height * width;
  const gradient = reshape(swap(g), [outputs, pixels]);
  const times = (part: Tensor) =>
    graph.node("Gemm", [gradient, part], [outputs, part.shape[0]], { transB: 1 });
  const places = shifted(x).map((place) => reshape(place, [channels, pixels]));
  const products = channels <= FEW ? [times(concat(places, 0))] : places.map(times);
  const byPlace = reshape(products.length === 1 ? products[0] : concat(products, 1), [outputs, 9, channels]);
  const byChannel = graph.node("Transpose", [byPlace], [outputs, channels, 9], { perm: [0, 2, 1] });
  return reshape(byChannel, [outputs, channels, 3, 3]);
}

/** What stands under each of the nine places of a filter, channels × batch × height × width. */
function shifted(x: Tensor): Tensor[] {
  const { graph } = x;
  const [batch, channels, height, width] = x.shape;
  const int64 = (data: readonly number[]) => graph.constant(data, "int64");
  const shape = [channels, batch, height + 2, width + 2];
  const padded = graph.node("Pad", [swap(x), int64([0, 0, 1, 1, 0, 0, 1, 1])], shape);
  return Array.from({ length: 9 }, (_, place) => {
    const [i, j] = [Math.floor(place / 3), place % 3];
    const box = [int64([i, j]), int64([i + height, j + width]), int64([2, 3])];
    return graph.node("Slice", [padded, ...box], [channels, batch, height, width]);
  });
}

/** Exchanges the first two axes. */
function swap(x: Tensor): Tensor {
  const [a, b, ...rest] = x.shape;
  return x.graph.node("Transpose", [x], [b, a, ...rest], { perm: [1, 0, 2, 3] });
}

/**
 * The largest of 2×2, rounded down at the edge; of equal ones the first has the gradient.
 * @param x batch × channels × height × width
 */
export function maxPool(x: Tensor): Tensor {
  const { graph } = x;
  const [batch, channels, height, width] = x.shape;
  const shape = [batch, channels, Math.floor(height / 2), Math.floor(width / 2)];
  const attributes = { kernel_shape: [2, 2], strides: [2, 2] };
  const [output, indices] = graph.nodeOf("MaxPool", [x], [{ shape }, { shape, type: "int64" }], attributes);
  return graph.differentiable(output, [x], (g) => [
    graph.node("MaxUnpool", [g, indices, graph.constant(x.shape, "int64")], x.shape, attributes),
  ]);
}
