/**
 * The free energy −T·ln Σ exp(z/T) of every row of logits: the lower, the more the row looks like those that were trained (Liu et al.,
 * *Energy-based Out-of-distribution Detection*, NeurIPS 2020).
 */
export function energies(logits: Float32Array, classes: number, temperature = 1): Float64Array {
  return ofRows(logits, classes, (row) => {
    const { largest, others } = exponentials(row, temperature);
    return -(largest + temperature * Math.log1p(others));
  });
}

/**
 * The logarithm of the largest probability, the score that the energy is compared with (Hendrycks and Gimpel, 2017). Probabilities
 * themselves are all 1 where a network is sure; their logarithms keep the order.
 */
export function logMaxSoftmax(logits: Float32Array, classes: number): Float64Array {
  return ofRows(logits, classes, (row) => -Math.log1p(exponentials(row, 1).others));
}

/**
 * Σ_r weights_r · E_r by the logits: −weights_r · softmax(z_r/T). `weights` are the gradient of a loss by the energies.
 */
export function energyGradient(
  logits: Float32Array,
  classes: number,
  weights: ArrayLike<number>,
  temperature = 1,
): Float32Array {
  const gradient = new Float32Array(logits.length);
  for (let r = 0; r < weights.length; r++) {
    const row = logits.subarray(r * classes, (r + 1) * classes);
    const { largest, others } = exponentials(row, temperature);
    const factor = -weights[r] / (1 + others);
    for (let c = 0; c < classes; c++)
      gradient[r * classes + c] = factor * Math.exp((row[c] - largest) / temperature);
  }
  return gradient;
}

/** The largest logit, and Σ exp((z − largest)/T) over the others: near 0 where the row is sure of one class. */
function exponentials(row: Float32Array, temperature: number): { largest: number; others: number } {
  let best = 0;
  for (let c = 1; c < row.length; c++) if (row[c] > row[best]) best = c;
  let others = 0;
  for (let c = 0; c < row.length; c++) if (c !== best) others += Math.exp((row[c] - row[best]) / temperature);
  return { largest: row[best], others };
}

function ofRows(logits: Float32Array, classes: number, of: (row: Float32Array) => number): Float64Array {
  return Float64Array.from({ length: logits.length / classes }, (_, r) =>
    of(logits.subarray(r * classes, (r + 1) * classes)),
  );
}
