/**
 * Random numbers from a seed: xoshiro128** (Blackman and Vigna, *Scrambled linear pseudorandom number generators*, ACM TOMS 2021), seeded
 * as its authors advise, by splitmix. What is drawn for one purpose comes from a generator of its own, `new Random(seed, "order", epoch)`,
 * so that nothing has to be kept of generators to go on after an interruption.
 */
export class Random {
  readonly #state = new Uint32Array(4);

  /** Numbers and names that tell one purpose from another; the order counts. */
  constructor(...path: readonly (number | string)[]) {
    let s = 0;
    const mix = (value: number): number => {
      s = (s + value + 0x9e3779b9) >>> 0;
      let z = Math.imul(s ^ (s >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return (z ^ (z >>> 15)) >>> 0;
    };
    for (const part of path) {
      if (typeof part === "number") s = mix(part >>> 0);
      else for (const letter of part) s = mix(letter.codePointAt(0) ?? 0);
      s = mix(path.length);
    }
    for (let k = 0; k < 4; k++) this.#state[k] = mix(k);
  }

  /** 32 bits. */
  bits(): number {
    const s = this.#state;
    const times5 = Math.imul(s[1], 5);
    const result = Math.imul((times5 << 7) | (times5 >>> 25), 9);
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result >>> 0;
  }

  /** From 0 to below 1. */
  uniform(): number {
    return this.bits() / 2 ** 32;
  }

  /** From 0 to count − 1. */
  integer(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  /** Values between −bound and bound. */
  uniforms(length: number, bound: number): Float32Array {
    const values = new Float32Array(length);
    for (let i = 0; i < length; i++) values[i] = (2 * this.uniform() - 1) * bound;
    return values;
  }

  /** Normally distributed values, by the method of Box and Muller. */
  normals(length: number, deviation = 1): Float32Array {
    const values = new Float32Array(length);
    for (let i = 0; i < length; i++) {
      const radius = Math.sqrt(-2 * Math.log((this.bits() + 0.5) / 2 ** 32));
      values[i] = deviation * radius * Math.cos(2 * Math.PI * this.uniform());
    }
    return values;
  }

  /** 0 … count − 1 in random order (Fisher and Yates). */
  permutation(count: number): Int32Array {
    const order = Int32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }

  /** Factors of dropout: 0 with the given probability, otherwise what keeps the mean. */
  dropout(out: Float32Array, probability: number): void {
    const threshold = probability * 2 ** 32;
    const kept = 1 / (1 - probability);
    for (let i = 0; i < out.length; i++) out[i] = this.bits() < threshold ? 0 : kept;
  }
}
