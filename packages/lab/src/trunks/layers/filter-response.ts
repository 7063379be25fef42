/**
 * Filter response normalisation and its thresholded unit (Singh and Krishnan, CVPR 2020): no row looks at another one, so that it does not
 * matter how many there are.
 */
import { filterResponse, thresholded } from "../../engine/normalization.js";
import { parameter } from "../../training/parameter.js";
import { inputOf, type Layer } from "./layer.js";

const EPSILON = 1e-6;
/** Where the learned part of ε starts. Of vectors ν² is one square, and this is all that keeps the slope at zero finite. */
const LEARNED_EPSILON = 1e-4;

/** y = γ · x / √(ν² + ε + |ε_l|) + β, with ν² the mean of the squares of a channel of a row. */
export function filterResponseLayer(name: string, channels: number): Layer {
  const fill = (of: string, value: number) =>
    parameter(`${name}.${of}`, [channels], new Float32Array(channels).fill(value), false);
  const parameters = [fill("gamma", 1), fill("beta", 0), fill("epsilon", LEARNED_EPSILON)];
  const compute: Layer["evaluation"] = (x) => {
    const [gamma, beta, epsilon] = parameters.map((one) => inputOf(x.graph, one));
    return filterResponse(x, { gamma, beta, epsilon }, EPSILON);
  };
  return { parameters, variables: [], training: compute, evaluation: compute };
}

/** z = max(y, τ). */
export function thresholdLayer(name: string, channels: number): Layer {
  const tau = parameter(`${name}.tau`, [channels], new Float32Array(channels), false);
  const compute: Layer["evaluation"] = (x) => thresholded(x, inputOf(x.graph, tau));
  return { parameters: [tau], variables: [], training: compute, evaluation: compute };
}
