import type { Coherence } from "./code.js";

/** Rounding keeps a pair from being exactly opposite. */
const OPPOSITE = -1 + 1e-12;

/** The coherence of any vectors, pair by pair. */
export function matrixCoherence(vectors: Iterable<ArrayLike<number>>): Coherence {
  const rows = Array.from(vectors, (vector) => {
    const norm = Math.sqrt(dot(vector, vector));
    return Float64Array.from(vector, (v) => (norm === 0 ? 0 : v / norm));
  });
  let absolute = 0;
  let signed = -1;
  rows.forEach((a, i) => {
    for (const b of rows.slice(0, i)) {
      const cosine = dot(a, b);
      signed = Math.max(signed, cosine);
      if (cosine > OPPOSITE) absolute = Math.max(absolute, Math.abs(cosine));
    }
  });
  return { absolute, signed };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
