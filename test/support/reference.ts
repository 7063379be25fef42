/**
 * The formulas of the package in float64, straight from their definitions: an explicit ±1 matrix, no fast transform, nothing
 * shared with lib/. Slow on purpose: what it says can be checked by eye.
 */

// Looking up a global is slow in Jest's sandbox.
const { exp, log, max, sqrt } = Math;

/** H[i][j] = (−1)^(number of ones in i & j). */
export function entry(i: number, j: number): number {
  let v = i & j;
  v ^= v >>> 16;
  v ^= v >>> 8;
  v ^= v >>> 4;
  return (0x6996 >>> (v & 15)) & 1 ? -1 : 1;
}

export const row = (i: number, n: number): Int8Array => Int8Array.from({ length: n }, (_, j) => entry(i, j));

/** H·x by its definition. */
export function denseFwht(x: ArrayLike<number>): Float64Array {
  const n = x.length;
  const y = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += entry(i, j) * (x[j] as number);
    y[i] = sum;
  }
  return y;
}

/** H·x for lengths where the definition takes too long: H of order n is [[H, H], [H, −H]] of order n/2. */
export function recursiveFwht(x: Float64Array): Float64Array {
  if (x.length <= 16) return denseFwht(x);
  const half = x.length / 2;
  const low = recursiveFwht(x.subarray(0, half));
  const high = recursiveFwht(x.subarray(half));
  const y = new Float64Array(x.length);
  for (let i = 0; i < half; i++) {
    y[i] = (low[i] as number) + (high[i] as number);
    y[half + i] = (low[i] as number) - (high[i] as number);
  }
  return y;
}

export interface Head {
  readonly vectors: readonly ArrayLike<number>[];
  /** Factor on their entries. */
  readonly unit: number;
  /** False: z_c = s · ⟨w_c, x⟩ + b_c. Default true. */
  readonly normalised?: boolean;
  readonly scale: number;
  readonly bias: ArrayLike<number> | null;
}

const EPSILON = 1e-8;

const norm = (x: ArrayLike<number>): number => sqrt(dot(x, x));

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** z_c = s · ⟨w_c, x / (‖x‖ + ε)⟩ + b_c of one row. */
export function logits(
  { vectors, unit, normalised = true, scale, bias }: Head,
  x: ArrayLike<number>,
): Float64Array {
  const n = normalised ? norm(x) + EPSILON : 1;
  const unitRow = Float64Array.from(x, (v) => v / n);
  return Float64Array.from(vectors, (w, c) => scale * unit * dot(w, unitRow) + (bias?.[c] ?? 0));
}

export function softmax(z: Float64Array): Float64Array {
  let top = -Infinity;
  for (const v of z) top = max(top, v);
  const e = z.map((v) => exp(v - top));
  let sum = 0;
  for (const v of e) sum += v;
  return e.map((v) => v / sum);
}

const target = (c: number, label: number, smoothing: number, classes: number): number =>
  (c === label ? 1 - smoothing : 0) + smoothing / classes;

/** ∂L/∂w of one row, w with its unit, class after class. */
export function weightGradient(
  { normalised = true, scale }: Head,
  x: ArrayLike<number>,
  g: ArrayLike<number>,
): number[] {
  const n = normalised ? norm(x) + EPSILON : 1;
  return Array.from(g, (v) => Array.from(x, (xi) => (v * scale * xi) / n)).flat();
}

/** −Σ q_c·ln p_c of one row, with q = (1 − λ)·onehot + λ/C. */
export function crossEntropy(z: Float64Array, label: number, smoothing = 0): number {
  let top = -Infinity;
  for (const v of z) top = max(top, v);
  let sum = 0;
  for (const v of z) sum += exp(v - top);
  const logSum = top + log(sum);
  let loss = 0;
  for (let c = 0; c < z.length; c++) {
    loss += target(c, label, smoothing, z.length) * (logSum - (z[c] as number));
  }
  return loss;
}

/** ∂L/∂z of one row. */
export function logitGradient(z: Float64Array, label: number, smoothing = 0): Float64Array {
  return softmax(z).map((p, c) => p - target(c, label, smoothing, z.length));
}

export interface RowGradient {
  readonly features: Float64Array;
  readonly scale: number;
}

/**
 * ∂L/∂x and ∂L/∂s of one row from g = ∂L/∂z, by the chain rule through x / (‖x‖ + ε); a row of zeros, where the norm has no
 * derivative, is defined as 0.
 */
export function gradient(
  { vectors, unit, normalised = true, scale }: Head,
  x: ArrayLike<number>,
  g: ArrayLike<number>,
): RowGradient {
  const features = new Float64Array(x.length);
  const n = norm(x);
  if (n === 0 && normalised) return { features, scale: 0 };
  const u = new Float64Array(x.length);
  vectors.forEach((w, c) => {
    for (let i = 0; i < x.length; i++) u[i] = (u[i] as number) + unit * (w[i] as number) * (g[c] as number);
  });
  const along = dot(u, x);
  if (!normalised) return { features: u.map((v) => scale * v), scale: along };
  for (let i = 0; i < x.length; i++) {
    const xi = x[i] as number;
    features[i] = scale * ((u[i] as number) / (n + EPSILON) - (xi * along) / (n * (n + EPSILON) ** 2));
  }
  return { features, scale: along / (n + EPSILON) };
}
