import type { LastLayer } from "../../src/last-layer.js";

/** Normally distributed numbers, the same at every run: a linear congruential generator and the method of Box and Muller. */
export function normals(seed: number): () => number {
  let state = BigInt(seed) + 1n;
  const uniform = (): number => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return (Number(state >> 40n) + 0.5) / 2 ** 24;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

export function layerOf(
  features: number,
  classes: number,
  weights: Float32Array,
  bias: Float32Array | null,
  scale: number | null = null,
): LastLayer {
  return {
    features,
    classes,
    weights,
    bias,
    origin: { file: "made", format: "test", weights: "w", bias: bias && "b", storedType: "float32" },
    hadamard: scale === null ? null : { scale },
    classNames: null,
  };
}

/** A layer whose rows are the means of its classes, and rows of features around them. */
export function trained(features: number, classes: number, rows: number, seed = 0, noise = 0.8) {
  const draw = normals(seed);
  const weights = Float32Array.from({ length: classes * features }, draw);
  const bias = Float32Array.from({ length: classes }, () => draw() / 4);
  const labels = Int32Array.from({ length: rows }, (_, r) => r % classes);
  const x = Float32Array.from(
    { length: rows * features },
    (_, i) =>
      weights[labels[Math.floor(i / features)] * features + (i % features)] + noise * Math.sqrt(2) * draw(),
  );
  const layer = layerOf(features, classes, weights, bias);
  return { layer, x, labels };
}
