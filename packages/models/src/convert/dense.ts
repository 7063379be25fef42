/** A dense layer z = W·x + b, a row of W a class. */
export interface Dense {
  readonly features: number;
  readonly classes: number;
  readonly weights: Float32Array;
  readonly bias: Float32Array | null;
}

/** Rows × classes, summed in float64. */
export function denseProduct(layer: Dense, x: Float32Array): Float32Array {
  const { features, classes, bias } = layer;
  const rows = x.length / features;
  const out = new Float32Array(rows * classes);
  const paired = rows - (rows % 2);
  pairsOfRows(layer, x, paired, out);
  if (paired < rows) loneRow(layer, x.subarray(paired * features), out.subarray(paired * classes));
  if (bias !== null) for (let i = 0; i < out.length; i++) out[i] += bias[i % classes];
  return out;
}

/** Two rows and four classes at a time: each number is read less often, and sums wait for no other. */
function pairsOfRows(
  { features, classes, weights }: Dense,
  x: Float32Array,
  rows: number,
  out: Float32Array,
): void {
  for (let r = 0; r < rows; r += 2) {
    const first = r * features;
    const second = first + features;
    for (let block = 0; block < classes; block += 4) {
      // The last classes are computed twice or thrice.
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
      const below = top + classes;
      for (const [k, value] of [b0, b1, b2, b3].entries()) if (c + k < classes) out[below + c + k] = value;
      for (const [k, value] of [a0, a1, a2, a3].entries()) if (c + k < classes) out[top + c + k] = value;
    }
  }
}

function loneRow({ features, classes, weights }: Dense, x: Float32Array, out: Float32Array): void {
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
    for (let j = 0; j < features; j++) {
      const a = x[j];
      a0 += a * weights[w0 + j];
      a1 += a * weights[w1 + j];
      a2 += a * weights[w2 + j];
      a3 += a * weights[w3 + j];
    }
    for (const [k, value] of [a0, a1, a2, a3].entries()) if (c + k < classes) out[c + k] = value;
  }
}
