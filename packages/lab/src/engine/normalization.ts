/** Normalisations of activations, of rows of vectors and of images alike: the second axis has the channels. */
import type { Tensor } from "./graph.js";
import { average, reshape, sum } from "./operations.js";

/**
 * Batch normalisation by the statistics of the batch, which it returns too.
 * @param x batch × channels, or batch × channels × height × width
 */
export function batchNormalization(x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number) {
  const { graph } = x;
  const { channels, a, axes } = channelsOf(x);
  const n = graph.constant(x.size / channels);
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
 * Filter response normalisation: y = γ · x / √(ν² + ε + |ε_l|) + β, with ν² the mean of the squares over the places of a channel of a row.
 * Of vectors, which have one place, it is the square.
 * @param parameters a number a channel; `epsilon` is ε_l
 */
export function filterResponse(
  x: Tensor,
  { gamma, beta, epsilon }: Readonly<Record<"gamma" | "beta" | "epsilon", Tensor>>,
  constant: number,
): Tensor {
  const { graph } = x;
  const { channels, a, axes } = channelsOf(x);
  const places = axes.slice(1);
  const one = x.shape.map((size, axis) => (axis > 1 ? 1 : size));
  const squares = graph.node("Mul", [x, x], x.shape);
  const power = places.length === 0 ? squares : average(squares, places);
  const learned = graph.node("Abs", [epsilon], [channels]);
  const added = reshape(graph.node("Add", [learned, graph.constant(constant)], [channels]), a);
  const length = graph.node("Sqrt", [graph.node("Add", [power, added], one)], one);
  const divided = graph.node("Div", [x, length], x.shape);
  const scaled = graph.node("Mul", [divided, reshape(gamma, a)], x.shape);
  const output = graph.node("Add", [scaled, reshape(beta, a)], x.shape);
  return graph.differentiable(output, [x, gamma, beta, epsilon], (g) => {
    const along = graph.node("Mul", [g, divided], x.shape);
    const onPlaces = places.length === 0 ? along : sum(along, places, 1);
    const factor = graph.node("Div", [reshape(gamma, a), length], one);
    // γ/l · (g − x/l · mean of g · x/l), and of ε_l: −½ γ/l² · Σ g · x/l
    const share = places.length === 0 ? along : average(along, places);
    const across = graph.node("Sub", [g, graph.node("Mul", [divided, share], x.shape)], x.shape);
    const ofSquare = graph.node("Mul", [onPlaces, graph.node("Div", [factor, length], one)], one);
    const half = graph.node("Mul", [sum(ofSquare, axes), graph.constant(-0.5)], [channels]);
    return [
      graph.node("Mul", [across, factor], x.shape),
      sum(along, axes),
      sum(g, axes),
      graph.node("Mul", [half, graph.node("Sign", [epsilon], [channels])], [channels]),
    ];
  });
}

/** max(x, τ) with a threshold a channel; where they are equal the gradient goes to the threshold. */
export function thresholded(x: Tensor, tau: Tensor): Tensor {
  const { graph } = x;
  const { a, axes } = channelsOf(x);
  const threshold = reshape(tau, a);
  const output = graph.node("Max", [x, threshold], x.shape);
  return graph.differentiable(output, [x, tau], (g) => {
    const above = graph.node("Greater", [x, threshold], x.shape, {}, "bool");
    const passed = graph.node("Where", [above, g, graph.constant(0)], x.shape);
    return [passed, sum(graph.node("Sub", [g, passed], x.shape), axes)];
  });
}

/** `a` is the shape of a number a channel beside x, `axes` are all others. */
function channelsOf(x: Tensor) {
  const channels = x.shape[1];
  const a = x.shape.map((_, axis) => (axis === 1 ? channels : 1));
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  return { channels, a, axes };
}
