/** Layers of weights, linear and convolutional, as PyTorch starts them: uniform within ± 1/√(inputs of a unit). */
import { convolution } from "../../engine/convolution.js";
import type { Tensor } from "../../engine/graph.js";
import { addChannelBias, linear } from "../../engine/operations.js";
import { Random } from "../../random.js";
import { type Parameter, parameter } from "../../training/parameter.js";
import { inputOf, type Layer } from "./layer.js";

export function linearLayer(name: string, inputs: number, outputs: number, seed: number): Layer {
  const weights = startWeights(`${name}.weights`, [outputs, inputs], inputs, seed);
  const bias = startWeights(`${name}.bias`, [outputs], inputs, seed, false);
  const compute = (x: Tensor) => linear(x, inputOf(x.graph, weights), inputOf(x.graph, bias));
  return { parameters: [weights, bias], variables: [], training: compute, evaluation: compute };
}

/** @param withBias not before a batch normalisation, which would take it away again */
export function convolutionLayer(
  name: string,
  channels: number,
  outputs: number,
  withBias: boolean,
  seed: number,
): Layer {
  const inputs = channels * 9;
  const filters = startWeights(`${name}.filters`, [outputs, channels, 3, 3], inputs, seed);
  const bias = withBias ? startWeights(`${name}.bias`, [outputs], inputs, seed, false) : null;
  const compute = (x: Tensor) => {
    const filtered = convolution(x, inputOf(x.graph, filters));
    return bias === null ? filtered : addChannelBias(filtered, inputOf(x.graph, bias));
  };
  return {
    parameters: bias === null ? [filters] : [filters, bias],
    variables: [],
    training: compute,
    evaluation: compute,
  };
}

/** Each from a generator of its own, so that one layer more does not change how the others start. */
export function startWeights(
  name: string,
  shape: readonly number[],
  inputs: number,
  seed: number,
  decays = true,
): Parameter {
  const size = shape.reduce((product, length) => product * length, 1);
  return parameter(name, shape, new Random(seed, name).uniforms(size, 1 / Math.sqrt(inputs)), decays);
}
