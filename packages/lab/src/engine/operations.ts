/** Operations with gradients. Where PyTorch has one of the same name, it is that one. */
import type { Shape, Tensor } from "./graph.js";

/**
 * x wᵀ + b, the bias being optional.
 * @param x rows × features
 * @param w outputs × features
 */
export function linear(x: Tensor, w: Tensor, b?: Tensor): Tensor {
  const { graph } = x;
  const given = b === undefined ? [x, w] : [x, w, b];
  const output = graph.node("Gemm", given, [x.shape[0], w.shape[0]], { transB: 1 });
  return graph.differentiable(output, given, (g) => [
    graph.node("Gemm", [g, w], x.shape),
    graph.node("Gemm", [g, x], w.shape, { transA: 1 }),
    ...(b === undefined ? [] : [sum(g, [0])]),
  ]);
}

export function relu(x: Tensor): Tensor {
  const { graph } = x;
  const output = graph.node("Relu", [x], x.shape);
  return graph.differentiable(output, [x], (g) => {
    const zero = graph.constant(0);
    const active = graph.node("Greater", [output, zero], x.shape, {}, "bool");
    return [graph.node("Where", [active, g, zero], x.shape)];
  });
}

/** @param factor that needs no gradient, of the same shape */
export function multiplyBy(x: Tensor, factor: Tensor): Tensor {
  const { graph } = x;
  const output = graph.node("Mul", [x, factor], x.shape);
  return graph.differentiable(output, [x], (g) => [graph.node("Mul", [g, factor], x.shape)]);
}

/** s · x for a scalar s, a tensor of one element. */
export function scale(x: Tensor, s: Tensor): Tensor {
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

/** Rows plus one row of biases. */
export function addBias(x: Tensor, b: Tensor): Tensor {
  const { graph } = x;
  const output = graph.node("Add", [x, b], x.shape);
  return graph.differentiable(output, [x, b], (g) => [g, sum(g, [0])]);
}

/** Images plus a bias a channel. */
export function addChannelBias(x: Tensor, b: Tensor): Tensor {
  const { graph } = x;
  const output = graph.node("Add", [x, reshape(b, [1, b.size, 1, 1])], x.shape);
  return graph.differentiable(output, [x, b], (g) => [g, sum(g, [0, 2, 3])]);
}

/** Rows divided by their length. */
export function normalizeRows(x: Tensor): Tensor {
  const { graph } = x;
  const column = [x.shape[0], 1];
  const squares = sum(graph.node("Mul", [x, x], x.shape), [1], 1);
  const length = graph.node("Max", [graph.node("Sqrt", [squares], column), graph.constant(1e-12)], column);
  const output = graph.node("Div", [x, length], x.shape);
  return graph.differentiable(output, [x], (g) => {
    const along = sum(graph.node("Mul", [g, output], x.shape), [1], 1);
    const across = graph.node("Sub", [g, graph.node("Mul", [output, along], x.shape)], x.shape);
    return [graph.node("Div", [across, length], x.shape)];
  });
}

/** A reshape that has a gradient. */
export function flatten(x: Tensor, shape: Shape): Tensor {
  return x.graph.differentiable(reshape(x, shape), [x], (g) => [reshape(g, x.shape)]);
}

export const reshape = (x: Tensor, shape: Shape): Tensor =>
  x.graph.node("Reshape", [x, x.graph.constant(shape, "int64")], shape);

export function sum(x: Tensor, axes: readonly number[], keepdims: 0 | 1 = 0): Tensor {
  const shape = x.shape.flatMap((size, axis) => (axes.includes(axis) ? (keepdims ? [1] : []) : [size]));
  return x.graph.node("ReduceSum", [x, x.graph.constant(axes, "int64")], shape, { keepdims });
}

/** The axes stay, with one element. */
export function average(x: Tensor, axes: readonly number[]): Tensor {
  const shape = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return x.graph.node("ReduceMean", [x], shape, { axes, keepdims: 1 });
}

export function split(x: Tensor, axis: number, count: number): Tensor[] {
  const shape = x.shape.map((size, k) => (k === axis ? size / count : size));
  const sizes = x.graph.constant(Array<number>(count).fill(shape[axis]), "int64");
  return x.graph.nodeOf("Split", [x, sizes], Array<{ shape: Shape }>(count).fill({ shape }), { axis });
}

/** @param tensors of one shape */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const [{ graph, shape: one }] = tensors;
  const shape = one.map((size, k) => (k === axis ? size * tensors.length : size));
  return graph.node("Concat", tensors, shape, { axis });
}
