import type { HadamardTable } from "../table.js";
import type { GradientBuffers, HeadKernels, HeadParameters } from "./backend.js";
import { isAbove, selectTopK } from "./js/top-k.js";

/**
 * Kernels write the logits of a head in the order of the places of its table. Where classes have places of their own
 * ({@link HadamardTable.places}), this brings what is one a class into the order of the places before a call, and back after it: for
 * every backend, so the bits are the same.
 */
export function inPlaces(kernels: HeadKernels, table: HadamardTable, places: Int32Array): HeadKernels {
  const { features, classes } = table;
  const classAt = new Int32Array(classes);
  places.forEach((place, c) => {
    classAt[place] = c;
  });
  const rowsOf = (x: Float32Array): number => x.length / features;

  /** out[r][i] = values[r][index[i]] for every row. */
  function pick(values: Float32Array, index: Int32Array, out: Float32Array): Float32Array {
    const width = index.length;
    for (let start = 0; start < values.length; start += width) {
      for (let i = 0; i < width; i++) out[start + i] = values[start + (index[i] as number)] as number;
    }
    return out;
  }
  const toPlaces = (values: Float32Array): Float32Array =>
    pick(values, classAt, new Float32Array(values.length));
  const biasAtPlaces = (bias: Float32Array | null): Float32Array | null => bias && toPlaces(bias);
  const atPlaces = <P extends HeadParameters>(parameters: P): P => ({
    ...parameters,
    bias: biasAtPlaces(parameters.bias),
  });
  const placesOf = (chosen: Int32Array): Int32Array => chosen.map((c) => places[c] ?? -1);

  /** Runs `use` with buffers of which the bias is in the order of the places. */
  function withGradients(gradients: GradientBuffers, use: (gradients: GradientBuffers) => void): void {
    const bias = gradients.bias && new Float32Array(classes);
    use({ ...gradients, bias });
    if (bias !== null && gradients.bias !== null) pick(bias, places, gradients.bias);
  }

  const forwardAsync = kernels.forwardAsync?.bind(kernels);
  return {
    forward(x, parameters, logits) {
      const placed = new Float32Array(logits.length);
      kernels.forward(x, atPlaces(parameters), placed);
      pick(placed, places, logits);
    },

    logSumExp(x, parameters, out) {
      kernels.logSumExp(x, atPlaces(parameters), out);
    },

    probabilities(x, parameters, probabilities) {
      const placed = new Float32Array(probabilities.length);
      kernels.probabilities(x, atPlaces(parameters), placed);
      pick(placed, places, probabilities);
    },

    chosenProbabilities(x, parameters, chosen, probabilities) {
      kernels.chosenProbabilities(x, atPlaces(parameters), placesOf(chosen), probabilities);
    },

    topK(x, parameters, k, outClasses, outScores) {
      // One more than asked for tells whether a tie was cut, in which the lowest class may have been lost.
      const more = Math.min(k + 1, classes);
      const rows = rowsOf(x);
      const best = new Int32Array(rows * more);
      const scores = new Float32Array(rows * more);
      kernels.topK(x, atPlaces(parameters), more, best, scores);
      for (let r = 0; r < rows; r++) {
        const at = r * more;
        if (more > k && !isAbove(scores[at + k - 1] as number, scores[at + k] as number)) {
          const logits = new Float32Array(classes);
          this.forward(x.subarray(r * features, (r + 1) * features), parameters, logits);
          selectTopK(logits, k, outClasses, outScores, r * k);
          continue;
        }
        const row = Array.from({ length: k }, (_, i) => ({
          c: classAt[best[at + i] as number] as number,
          score: scores[at + i] as number,
        }));
        row.sort((a, b) => (isAbove(a.score, b.score) ? -1 : isAbove(b.score, a.score) ? 1 : a.c - b.c));
        row.forEach(({ c, score }, i) => {
          outClasses[r * k + i] = c;
          outScores[r * k + i] = score;
        });
      }
    },

    backward(x, { scale }, gradLogits, gradients) {
      withGradients(gradients, (buffers) => {
        kernels.backward(x, { scale, bias: null }, toPlaces(gradLogits), buffers);
      });
    },

    lossAndGradient(x, parameters, loss, losses, gradients) {
      withGradients(gradients, (buffers) => {
        const placed = {
          ...loss,
          labels: loss.labels && placesOf(loss.labels),
          targets: loss.targets && toPlaces(loss.targets),
          classWeights: loss.classWeights && toPlaces(loss.classWeights),
        };
        kernels.lossAndGradient(x, atPlaces(parameters), placed, losses, buffers);
      });
    },

    ...(forwardAsync && {
      async forwardAsync(x, parameters, logits, signal) {
        const placed = new Float32Array(logits.length);
        await forwardAsync(x, atPlaces(parameters), placed, signal);
        pick(placed, places, logits);
      },
    }),
  };
}
