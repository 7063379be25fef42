/** A dense layer z = W·x + b, a row of W a class. */
export interface Dense {
  readonly features: number;
  readonly classes: number;
  readonly weights: Float32Array;
  readonly bias: Float32Array | null;
}

/** Rows × classes, summed in float64. Two rows and four classes at a time: each number is read less often, and sums wait for no other. */
export function denseProduct({ features, classes, weights, bias }: Dense, x: Float32Array): Float32Array {
  const rows = x.length / features;
  const out = new Float32Array(rows * classes);
  for (let r = 0; r < rows; r += 2) {
    // The last row of an odd number of them, and the last classes, are computed twice or thrice.
    const first = r * features;
    const second = Math.min(r + 1, rows - 1) * features;
    for (let block = 0; block < classes; block += 4) {
      const c = Math.max(Math.min(block, classes - 4), 0);
      const w0 = c * features;
      const w1 = Math.min(c + 1, classes - 1) * features;
      const w2 = Math.min(c + 2, classes - 1) * features;
      const w3 = Math.min(c + 3, classes - 1) * features;
      let a0 = 0;
      let a1 = 0;
      let a2 = 0;
      let a3 = 0;
      let b0 = 0;
      let b1 = 0;
      let b2 = 0;
      let b3 = 0;
      for (let j = 0; j < features; j++) {
        const a = x[first + j];
        const b = x[second + j];
        const k0 = weights[w0 + j];
        const k1 = weights[w1 + j];
        const k2 = weights[w2 + j];
        const k3 = weights[w3 + j];
        a0 += a * k0;
        a1 += a * k1;
        a2 += a * k2;
        a3 += a * k3;
        b0 += b * k0;
        b1 += b * k1;
        b2 += b * k2;
        b3 += b * k3;
      }
      const top = r * classes;
      const below = Math.min(r + 1, rows - 1) * classes;
      for (const [k, value] of [b0, b1, b2, b3].entries()) if (c + k < classes) out[below + c + k] = value;
      for (const [k, value] of [a0, a1, a2, a3].entries()) if (c + k < classes) out[top + c + k] = value;
    }
  }
  if (bias !== null) for (let i = 0; i < out.length; i++) out[i] += bias[i % classes];
  return out;
}
