import type { FixedClassifier } from "fixed-classifier";

const STEPS = 200;
/** What Adam (Kingma and Ba, ICLR 2015) moves the scale and the biases by at first, as a part of the scale that it starts with. */
const RATE = 0.01;
/** Rows at most: scale and bias are few numbers. */
export const ROWS = 2048;
/** The part of the rows that is only watched, and how often: what they like best is kept. */
const WATCHED = 0.2;
const WATCH_EVERY = 5;

/**
 * Gives a head the scale and the bias with which its probabilities are nearest to those of the given logits, in the sense of cross-entropy
 * (distillation: Hinton, Vinyals and Dean, 2015). Its bias is where it starts, and the scale by least squares.
 */
export function distil(head: FixedClassifier, x: Float32Array, logits: Float32Array): void {
  const { features, classes, bias } = head;
  if (bias === null) throw new Error("a head without bias");
  const rows = Math.min(x.length / features, ROWS);
  const watched = Math.max(1, Math.floor(rows * WATCHED));
  const targets = softmax(logits.subarray(0, rows * classes), classes);
  const lossOf = (from: number, to: number) =>
    head.lossAndGradient(
      x.subarray(from * features, to * features),
      targets.subarray(from * classes, to * classes),
    );
  head.scale = scaleByLeastSquares(head, x.subarray(0, rows * features), logits);
  const values = Float64Array.of(head.scale, ...bias);
  const rate = RATE * Math.abs(head.scale);
  const [mean, square] = [new Float64Array(classes + 1), new Float64Array(classes + 1)];
  let best = { loss: lossOf(0, watched).loss, values: values.slice() };
  for (let step = 1; step <= STEPS; step++) {
    const { gradient } = lossOf(watched, rows);
    const left = rate * (1 - (step - 1) / STEPS);
    for (let i = 0; i <= classes; i++) {
      const g = i === 0 ? (gradient.scale ?? 0) : (gradient.bias?.[i - 1] ?? 0);
      mean[i] += 0.1 * (g - mean[i]);
      square[i] += 0.001 * (g * g - square[i]);
      const ratio = mean[i] / (1 - 0.9 ** step) / (Math.sqrt(square[i] / (1 - 0.999 ** step)) + 1e-8);
      values[i] -= left * ratio;
    }
    head.scale = values[0];
    bias.set(values.subarray(1));
    if (step % WATCH_EVERY > 0) continue;
    const { loss } = lossOf(0, watched);
    if (loss < best.loss) best = { loss, values: values.slice() };
  }
  head.scale = best.values[0];
  bias.set(best.values.subarray(1));
}

/** The s for which s·cosine is nearest to the logits without the bias, over all rows and classes, but for those that are masked. */
function scaleByLeastSquares(head: FixedClassifier, x: Float32Array, logits: Float32Array): number {
  const { classes, bias } = head;
  head.scale = 1;
  const shifted = head.forward(x);
  let [both, one] = [0, 0];
  for (let i = 0; i < shifted.length; i++) {
    if (!Number.isFinite(logits[i])) continue;
    const b = bias?.[i % classes] ?? 0;
    both += (shifted[i] - b) * (logits[i] - b);
    one += (shifted[i] - b) ** 2;
  }
  // Features of zeros say nothing of the scale.
  return both > 0 ? both / one : 1;
}

function softmax(logits: Float32Array, classes: number): Float32Array {
  const out = new Float32Array(logits.length);
  for (let first = 0; first < logits.length; first += classes) {
    const row = logits.subarray(first, first + classes);
    const largest = row.reduce((a, b) => Math.max(a, b));
    const sum = row.reduce((total, z) => total + Math.exp(z - largest), 0);
    for (let c = 0; c < classes; c++) out[first + c] = Math.exp(row[c] - largest) / sum;
  }
  return out;
}
