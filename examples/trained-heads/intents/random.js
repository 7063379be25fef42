// Random numbers from a seed: xoshiro128** of Blackman and Vigna, seeded as its authors advise, by splitmix.

export class Random {
  #state = new Uint32Array(4);

  /** @param {number} seed */
  constructor(seed) {
    let s = seed >>> 0;
    for (let k = 0; k < 4; k++) {
      s = (s + 0x9e3779b9) >>> 0;
      let z = Math.imul(s ^ (s >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      this.#state[k] = z ^ (z >>> 15);
    }
  }

  /** 32 bits. */
  bits() {
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
  uniform() {
    return this.bits() / 2 ** 32;
  }

  /**
   * 0 … count − 1 in random order.
   * @param {number} count
   */
  permutation(count) {
    const order = Int32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = Math.floor(this.uniform() * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }
}
