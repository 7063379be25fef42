/** Normalisations of activations, of rows of vectors and of images alike: the second axis has the channels. */
import type { Tensor } from "./graph.js";
import { average, reshape, sum } from "./operations.js";

/**
 * Batch normalisation by the statistics of the batch, which it returns too.
 * @param x batch × channels, or batch × channels × height × width
 */
export function batchNormalization(x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number) {
  const { graph } = x;
  const channels = x.shape[1];
  const a = x.shape.map((_, axis) => (axis === 1 ? channels : 1));
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
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
