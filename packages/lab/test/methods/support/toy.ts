import type { Head } from "../../../src/heads/head.js";
import { Random } from "../../../src/random.js";
import { parameter } from "../../../src/training/parameter.js";
import type { Trunk } from "../../../src/trunks/trunk.js";

/** tanh(W x), in loops that are seen to be right. */
export function toyTrunk(
  inputs: number,
  features: number,
  seed = 1,
): Trunk & { inputGradient: Float32Array } {
  const weights = parameter(
    "trunk.weights",
    [features, inputs],
    new Random(seed).normals(features * inputs, 0.5),
  );
  let given = new Float32Array(0);
  let made = new Float32Array(0);
  const apply = (x: Float32Array) => {
    const rows = x.length / inputs;
    const out = new Float32Array(rows * features);
    for (let r = 0; r < rows; r++)
      for (let j = 0; j < features; j++) {
        let sum = 0;
        for (let i = 0; i < inputs; i++) sum += weights.value[j * inputs + i] * x[r * inputs + i];
        out[r * features + j] = Math.tanh(sum);
      }
    return out;
  };
  const trunk = {
    features,
    parameters: [weights],
    variables: [],
    inputGradient: new Float32Array(0),
    async forward(x: Float32Array) {
      given = x.slice();
      made = apply(x);
      return made;
    },
    async backward(gradient: Float32Array) {
      trunk.inputGradient = new Float32Array(given.length);
      weights.gradient.fill(0);
      for (let r = 0; r < given.length / inputs; r++)
        for (let j = 0; j < features; j++) {
          const g = gradient[r * features + j] * (1 - made[r * features + j] ** 2);
          for (let i = 0; i < inputs; i++) {
            weights.gradient[j * inputs + i] += g * given[r * inputs + i];
            trunk.inputGradient[r * inputs + i] += g * weights.value[j * inputs + i];
          }
        }
    },
    evaluate: async (x: Float32Array) => apply(x),
    release: async () => {},
  };
  return trunk;
}

/** z = V h + b and its cross-entropy. */
export function toyHead(features: number, classes: number, seed = 2): Head {
  const matrix = parameter("head.matrix", [classes, features], new Random(seed).normals(classes * features));
  const bias = parameter("head.bias", [classes], new Random(seed, "bias").normals(classes), false);
  const logitsOf = (x: Float32Array) => {
    const rows = x.length / features;
    const out = new Float32Array(rows * classes);
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < classes; c++) {
        let sum = bias.value[c];
        for (let j = 0; j < features; j++) sum += matrix.value[c * features + j] * x[r * features + j];
        out[r * classes + c] = sum;
      }
    return out;
  };
  const pull = (x: Float32Array, g: Float32Array) => {
    const rows = x.length / features;
    const ofX = new Float32Array(x.length);
    matrix.gradient.fill(0);
    bias.gradient.fill(0);
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < classes; c++) {
        const gradient = g[r * classes + c];
        bias.gradient[c] += gradient;
        for (let j = 0; j < features; j++) {
          matrix.gradient[c * features + j] += gradient * x[r * features + j];
          ofX[r * features + j] += gradient * matrix.value[c * features + j];
        }
      }
    return ofX;
  };
  return {
    parameters: [matrix, bias],
    bytes: 4 * classes * (features + 1),
    parameterCount: classes * (features + 1),
    scale: null,
    async step(x, labels) {
      const z = logitsOf(x);
      const g = new Float32Array(z.length);
      let loss = 0;
      let correct = 0;
      labels.forEach((label, r) => {
        const row = z.subarray(r * classes, (r + 1) * classes);
        const sum = row.reduce((s, value) => s + Math.exp(value), 0);
        loss += (Math.log(sum) - row[label]) / labels.length;
        if (row[label] === Math.max(...row)) correct++;
        for (let c = 0; c < classes; c++)
          g[r * classes + c] = (Math.exp(row[c]) / sum - (c === label ? 1 : 0)) / labels.length;
      });
      return { loss, correct, gradient: pull(x, g) };
    },
    backward: async (x, g) => pull(x, g),
    logits: async (x) => logitsOf(x),
    classifier: () => null,
    release: async () => {},
  };
}

/** The largest difference between gradients and central differences of `loss`, as a share of the largest of them. */
export async function gradientError(
  parameters: readonly { value: Float32Array; gradient: Float32Array }[],
  loss: () => Promise<number>,
): Promise<number> {
  const kept = parameters.map(({ gradient }) => gradient.slice());
  let largest = 0;
  let worst = 0;
  for (const [k, { value }] of parameters.entries()) {
    for (let i = 0; i < value.length; i++) {
      const before = value[i];
      value[i] = before + 1e-2;
      const up = { at: value[i], loss: await loss() };
      value[i] = before - 1e-2;
      const down = { at: value[i], loss: await loss() };
      value[i] = before;
      const difference = (up.loss - down.loss) / (up.at - down.at);
      largest = Math.max(largest, Math.abs(difference));
      worst = Math.max(worst, Math.abs(difference - kept[k][i]));
    }
  }
  return worst / largest;
}
