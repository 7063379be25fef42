/** Seeded data for tests. */

// Looking up a global is slow in Jest's sandbox.
const { floor, imul, max } = Math;

/** Mulberry32: uniform in [0, 1). */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = imul(state ^ (state >>> 15), state | 1);
    z ^= z + imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SPECIAL = [
  Number.NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  2 ** -149,
  -(2 ** -149),
  2 ** -126,
  3.4028234663852886e38,
  -3.4028234663852886e38,
  1,
  -1,
];

/** Ways to fill an array; each meets another path of a kernel. */
export const KINDS = [
  "normal",
  "positive",
  "integers",
  "huge",
  "tiny",
  "mixed",
  "sparse",
  "zeros",
  "special",
  "rare special",
] as const;
export type Kind = (typeof KINDS)[number];

function draw(kind: Kind, random: () => number): number {
  const normal = (): number => random() + random() + random() + random() - 2;
  switch (kind) {
    case "normal":
      return normal();
    case "positive":
      return max(0, normal());
    case "integers":
      return floor(random() * 17) - 8;
    case "huge":
      return normal() * 1e38;
    case "tiny":
      return normal() * 1e-42;
    case "mixed":
      return normal() * 10 ** (random() * 82 - 44);
    case "sparse":
      return random() < 0.1 ? normal() : 0;
    case "zeros":
      return random() < 0.5 ? 0 : -0;
    case "special":
      return SPECIAL[floor(random() * SPECIAL.length)] as number;
    case "rare special":
      return random() < 0.003 ? (SPECIAL[floor(random() * SPECIAL.length)] as number) : normal();
  }
}

/** A loop, since `from` takes many times as long on arrays of a million. */
function fill<T extends Float32Array | Float64Array | Int32Array>(
  array: T,
  random: () => number,
  value: (random: () => number) => number,
): T {
  for (let i = 0; i < array.length; i++) array[i] = value(random);
  return array;
}

export function floats(length: number, seed: number, kind: Kind = "normal"): Float32Array<ArrayBuffer> {
  return fill(new Float32Array(length), generator(seed), (random) => draw(kind, random));
}

export function doubles(length: number, seed: number, kind: Kind = "normal"): Float64Array<ArrayBuffer> {
  return fill(new Float64Array(length), generator(seed), (random) => draw(kind, random));
}

export function integers(length: number, seed: number, below = 2 ** 32): Int32Array<ArrayBuffer> {
  return fill(new Int32Array(length), generator(seed), (random) => floor(random() * below) - below / 2);
}

export function labels(rows: number, classes: number, seed: number): Int32Array<ArrayBuffer> {
  return fill(new Int32Array(rows), generator(seed), (random) => floor(random() * classes));
}
