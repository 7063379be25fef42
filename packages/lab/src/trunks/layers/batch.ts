/** Batch normalisation (Ioffe and Szegedy, ICML 2015) as torch.nn.BatchNorm1d and 2d have it by default. */
import { batchNormalization } from "../../engine/normalization.js";
import { parameter, variable } from "../../training/parameter.js";
import { inputOf, type Layer } from "./layer.js";

const EPSILON = 1e-5;
const MOMENTUM = 0.1;

export function batchLayer(name: string, channels: number): Layer {
  const gamma = parameter(`${name}.gamma`, [channels], new Float32Array(channels).fill(1), false);
  const beta = parameter(`${name}.beta`, [channels], new Float32Array(channels), false);
  const mean = variable(`${name}.mean`, [channels]);
  const variance = variable(`${name}.variance`, [channels], 1);
  return {
    parameters: [gamma, beta],
    variables: [mean, variance],
    training(x, watch) {
      const [g, b] = [inputOf(x.graph, gamma), inputOf(x.graph, beta)];
      const now = batchNormalization(x, g, b, EPSILON);
      const n = x.size / channels;
      watch([now.mean, now.variance], (ofMean, ofVariance) => {
        blend(mean.value, ofMean, 1);
        // Of a sample the variance is estimated without bias.
        blend(variance.value, ofVariance, n / Math.max(1, n - 1));
      });
      return now.output;
    },
    evaluation(x) {
      const given = [gamma, beta, mean, variance].map((one) => inputOf(x.graph, one));
      // Its ε is the same by default.
      return x.graph.node("BatchNormalization", [x, ...given], x.shape);
    },
  };
}

function blend(running: Float32Array, now: Float32Array, factor: number): void {
  for (let i = 0; i < running.length; i++) running[i] += MOMENTUM * (factor * now[i] - running[i]);
}
