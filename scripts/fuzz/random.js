// Numbers that follow from a seed and the index of a case, so that every case can be repeated by itself.

/** A well mixed 32-bit integer. @param {number} value */
function mix(value) {
  let z = (value + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}

/** The generator sfc32, by Chris Doty-Humphrey, started from two integers. */
export class Random {
  #a;
  #b;
  #c;
  #count = 1;

  /**
   * @param {number} seed
   * @param {number} index
   */
  constructor(seed, index) {
    this.seed = seed;
    this.index = index;
    this.#a = mix(seed);
    this.#b = mix(index ^ this.#a);
    this.#c = mix(Math.floor(index / 2 ** 32) + this.#b);
    for (let i = 0; i < 8; i++) this.bits();
  }

  /** 32 random bits, as a signed integer. */
  bits() {
    const t = (((this.#a + this.#b) | 0) + this.#count) | 0;
    this.#count = (this.#count + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t;
    this.#c |= 0;
    return t;
  }

  /** Uniform in [0, 1). */
  unit() {
    return (this.bits() >>> 0) / 2 ** 32;
  }

  /** An integer from 0 to n − 1. @param {number} n */
  below(n) {
    return Math.floor(this.unit() * n);
  }

  /**
   * An integer from `first` to `last`.
   * @param {number} first
   * @param {number} last
   */
  from(first, last) {
    return first + this.below(last - first + 1);
  }

  /**
   * An integer from `first` to `last`, small ones as often as large ones.
   * @param {number} first at least 1
   * @param {number} last
   */
  size(first, last) {
    return Math.min(last, Math.floor(first * ((last + 1) / first) ** this.unit()));
  }

  /** @param {number} probability */
  chance(probability) {
    return this.unit() < probability;
  }

  /**
   * @template T
   * @param {readonly T[]} list
   */
  pick(list) {
    return list[this.below(list.length)];
  }

  /**
   * One of a list whose members say how often they come.
   * @template {{ weight: number }} T
   * @param {readonly T[]} list
   */
  weighted(list) {
    let left = this.unit() * list.reduce((sum, { weight }) => sum + weight, 0);
    for (const one of list) {
      left -= one.weight;
      if (left < 0) return one;
    }
    return list[list.length - 1];
  }

  /** Another generator, which goes its own way. */
  fork() {
    return new Random(this.bits() >>> 0, this.bits() >>> 0);
  }
}
