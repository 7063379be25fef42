/** Every kernel of a head in one go, on arrays with guards. */

import type { Backend, HeadParameters } from "../../lib/backends/backend.js";
import { type HeadTable, isLearned } from "../../lib/table.js";
import { expectSameBits, type NumberArray } from "./bits.js";
import { crossEntropyOf } from "./losses.js";
import { guarded } from "./memory.js";
import { floats, type Kind, labels } from "./random.js";

/** Multiplications. */
const SLOW = 100_000;

export interface HeadInput {
  readonly table: HeadTable;
  readonly rows: number;
  readonly kind: Kind;
  readonly scale: number;
  readonly bias: Kind | null;
  readonly gradient: Kind;
  readonly k: number;
  readonly labelSmoothing: number;
  readonly rowWeight: number;
  /** Elements by which the arrays are off the alignment of their buffers. */
  readonly offset: number;
  readonly seed: number;
}

/** What all kernels return for the same input. Inputs and the bytes around every array must stay as they were. */
export function runHead(backend: Backend, input: HeadInput): Record<string, NumberArray> {
  const { table, rows, scale, labelSmoothing, rowWeight, offset, seed } = input;
  const { features, classes } = table;
  const k = Math.min(input.k, classes);
  const arrays: { view: NumberArray; check(): void }[] = [];
  const place = <T extends NumberArray>(values: T, shift: number): T => {
    const array = guarded(values, offset + shift);
    arrays.push(array);
    return array.view;
  };
  // What an output held before must not count.
  const output = (length: number, shift: number): Float32Array =>
    place(new Float32Array(length).fill(Number.NaN), shift);

  const source = floats(rows * features, seed, input.kind);
  const biasSource = input.bias && floats(classes, seed + 1, input.bias);
  const gradientSource = floats(rows * classes, seed + 2, input.gradient);
  const x = place(source, 0);
  const bias = biasSource && place(biasSource, 1);
  const gradLogits = place(gradientSource, 2);
  const parameters: HeadParameters = { scale, bias };
  const kernels = backend.head(table);

  const forward = output(rows * classes, 3);
  kernels.forward(x, parameters, forward);
  const probabilities = output(rows * classes, 1);
  kernels.probabilities(x, parameters, probabilities);
  const some = place(labels(k, classes, seed + 4), 2);
  const chosen = output(rows * k, 3);
  kernels.chosenProbabilities(x, parameters, some, chosen);
  const topClasses = place(new Int32Array(rows * k).fill(-1), 2);
  const topScores = output(rows * k, 3);
  kernels.topK(x, parameters, k, topClasses, topScores);
  // A gradient by the vectors of all classes is slow in plain TypeScript.
  const few = Int32Array.from(new Set([classes - 1, 0, classes >> 1]));
  const isProduct = table.kind === "product";
  const weightClasses = isProduct && rows * classes * features > SLOW ? few : null;
  const buffers = () => ({
    features: output(rows * features, 1),
    scale: output(rows, 2),
    bias: bias && output(classes, 3),
    weights: isProduct || isLearned(table) ? output((weightClasses?.length ?? classes) * features, 2) : null,
    weightClasses,
  });
  const backward = buffers();
  kernels.backward(x, parameters, gradLogits, backward);
  const loss = buffers();
  const losses = output(rows, 0);
  const targets = place(labels(rows, classes, seed + 3), 1);
  const crossEntropy = crossEntropyOf(targets, { labelSmoothing, rowWeights: rowWeight });
  kernels.lossAndGradient(x, { ...parameters, normalised: true }, crossEntropy, losses, loss);

  for (const { check } of arrays) check();
  expectSameBits(x, source, "x afterwards");
  expectSameBits(gradLogits, gradientSource, "gradLogits afterwards");
  if (bias && biasSource) expectSameBits(bias, biasSource, "bias afterwards");
  return {
    forward,
    probabilities,
    chosen,
    topClasses,
    topScores,
    backwardFeatures: backward.features,
    backwardScale: backward.scale,
    ...(backward.bias && { backwardBias: backward.bias }),
    ...(backward.weights && { backwardWeights: backward.weights }),
    losses,
    lossFeatures: loss.features,
    lossScale: loss.scale,
    ...(loss.bias && { lossBias: loss.bias }),
    ...(loss.weights && { lossWeights: loss.weights }),
  };
}
