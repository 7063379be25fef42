// Arrays for one call, that lie at random offsets in a larger buffer. After the call every byte of it must be what it was, but for those that
// the call is there to write.
import { Failure } from "./failure.js";
import { Random } from "./random.js";

/** @typedef {Int8Array | Uint8Array | Uint16Array | Int32Array | Float32Array | Float64Array} Placed */

/** At least so many bytes lie before and behind every array. */
const GUARD = 64;

/** A buffer, and what should be in it. */
class Block {
  used = GUARD;
  /** @type {{ start: number, end: number }[]} what the call writes, ascending */
  writable = [];

  /** @param {number} size */
  constructor(size) {
    const random = new Random(size, 0);
    this.pattern = Buffer.alloc(size);
    const words = new Int32Array(this.pattern.buffer, this.pattern.byteOffset, size >> 2);
    for (let i = 0; i < words.length; i++) words[i] = random.bits();
    this.actual = Buffer.from(new ArrayBuffer(size));
    this.expected = Buffer.alloc(size);
    this.reset(size);
  }

  reset(length = this.used + GUARD) {
    this.pattern.copy(this.actual, 0, 0, length);
    this.pattern.copy(this.expected, 0, 0, length);
    this.used = GUARD;
    this.writable = [];
  }

  /** Where something was written that should not have been; −1: nowhere. @param {boolean} returned whether the call has written its results */
  firstChange(returned) {
    let start = 0;
    for (const { start: end, end: next } of returned ? this.writable : []) {
      if (this.differs(start, end)) return this.find(start, end);
      start = next;
    }
    const end = this.used + GUARD;
    return this.differs(start, end) ? this.find(start, end) : -1;
  }

  /**
   * @param {number} start
   * @param {number} end
   */
  differs(start, end) {
    return this.expected.compare(this.actual, start, end, start, end) !== 0;
  }

  /**
   * @param {number} start
   * @param {number} end
   */
  find(start, end) {
    for (let i = start; i < end; i++) if (this.actual[i] !== this.expected[i]) return i;
    return -1;
  }
}

export class Memory {
  /** @type {Block[]} */
  #blocks = [new Block(2 ** 16)];
  /** @type {{ what: string, actual: Float32Array, expected: Float32Array }[]} */
  #watched = [];
  /** @type {string[]} what lies where, for the message */
  #placed = [];
  /** Says where arrays lie, and what else may differ from backend to backend. */
  random = new Random(0, 0);

  /** Forgets all arrays. @param {Random} random */
  begin(random) {
    this.random = random;
    this.#blocks = [/** @type {Block} */ (this.#blocks.at(-1))];
    this.#blocks[0].reset();
    this.#watched = [];
    this.#placed = [];
  }

  /**
   * A copy that nobody may write to.
   * @template {Placed} T
   * @param {T} array
   * @returns {T}
   */
  input(array) {
    return this.#place("an input", array, 0);
  }

  /**
   * A copy that the call writes its results to.
   * @template {Placed} T
   * @param {T} array
   * @returns {T}
   */
  inPlace(array) {
    return this.#place("the array that is changed in place", array, array.length);
  }

  /**
   * Room for so many results. Callers may give more than is needed; what is behind stays.
   * @param {number} length
   * @param {number} spare
   */
  output(length, spare = 0) {
    return this.#place("an output", new Float32Array(length + spare), length, false);
  }

  /**
   * Something elsewhere that must stay.
   * @param {string} what
   * @param {Float32Array | null} actual
   * @param {Float32Array | null} expected
   */
  watch(what, actual, expected) {
    if (actual !== null && expected !== null) this.#watched.push({ what, actual, expected });
  }

  /** Lets the watched arrays change. */
  unwatch() {
    this.#watched = [];
  }

  /** @param {boolean} returned whether the call has come to its end, and written its results */
  check(returned) {
    for (const [i, block] of this.#blocks.entries()) {
      const at = block.firstChange(returned);
      if (at < 0) continue;
      const still = returned ? "outside its results" : "though it has thrown";
      throw new Failure(`a byte at ${at} was written ${still}; block ${i} has ${this.#placed.join(", ")}`);
    }
    for (const { what, actual, expected } of this.#watched) {
      if (actual.length !== expected.length || bytesOf(actual).compare(bytesOf(expected)) !== 0) {
        throw new Failure(`${what} was changed`);
      }
    }
  }

  /**
   * @template {Placed} T
   * @param {string} what
   * @param {T} array
   * @param {number} written how many of its elements the call writes
   * @param {boolean} copy whether it starts with the elements of `array`, or with those of the pattern
   * @returns {T}
   */
  #place(what, array, written, copy = true) {
    const width = array.BYTES_PER_ELEMENT;
    const { random } = this;
    let block = /** @type {Block} */ (this.#blocks.at(-1));
    if (block.used + array.byteLength + 6 * GUARD > block.actual.length) {
      block = new Block(2 * (block.actual.length + array.byteLength));
      this.#blocks.push(block);
    }
    const gap = random.chance(0.25) ? 0 : random.below(GUARD);
    const aligned = Math.ceil((block.used + (gap === 0 ? 0 : GUARD)) / GUARD) * GUARD;
    const start = Math.ceil((aligned + gap) / width) * width;
    const end = start + array.byteLength;
    block.used = end + GUARD;
    const Type = /** @type {new (buffer: ArrayBuffer, offset: number, length: number) => T} */ (
      array.constructor
    );
    const { buffer } = block.actual;
    const placed = new Type(/** @type {ArrayBuffer} */ (buffer), start, array.length);
    if (copy) {
      bytesOf(array).copy(block.actual, start);
      bytesOf(array).copy(block.expected, start);
    }
    if (written > 0) block.writable.push({ start, end: start + written * width });
    this.#placed.push(`${what} from ${start} to ${end}`);
    return placed;
  }
}

/** @param {Placed} array */
export const bytesOf = ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength);
