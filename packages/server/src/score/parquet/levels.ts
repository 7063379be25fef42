/**
 * The levels of a page, which say how far each entry is repeated or defined, run by run. They are packed as runs of one level and as
 * groups of bits; a row of a thousand numbers is one run, so they are never unpacked to one level an entry.
 */
export class LevelRuns {
  /** The level of the run, and how many of its entries are left. */
  level = 0;
  left = 0;
  readonly #bytes: Uint8Array;
  readonly #most: number;
  readonly #width: number;
  /** A byte whose levels are all the largest one. */
  readonly #fullByte: number;
  #at = 0;
  /** Entries behind this run; of those the ones of the same groups of bits. */
  #behind: number;
  #packed = 0;
  #bits = 0;
  #held = 0;

  constructor(bytes: Uint8Array, most: number, count: number) {
    this.#bytes = bytes;
    this.#most = most;
    this.#width = 32 - Math.clz32(most);
    this.#fullByte = most === (1 << this.#width) - 1 && 8 % this.#width === 0 ? 255 : -1;
    this.#behind = count;
  }

  /** Goes on to the next run; false behind the last. */
  next(): boolean {
    if (this.#behind === 0) return false;
    while (this.#packed === 0) {
      const header = this.#header();
      const length = Math.floor(header / 2);
      if (header % 2 === 0) {
        this.level = this.#byte();
        if (length === 0 || this.level > this.#most) throw new RangeError("a run of levels is out of range");
        return this.#take(length);
      }
      // Groups of eight: the last may go beyond the end.
      this.#packed = 8 * length;
      this.#held = 0;
      this.#bits = 0;
    }
    const length = this.#full() || this.#some();
    this.#packed -= length;
    return this.#take(length);
  }

  #take(length: number): true {
    this.left = Math.min(length, this.#behind);
    this.#behind -= this.left;
    return true;
  }

  /** Levels of the bytes that have only the largest, if such come. */
  #full(): number {
    if (this.#held > 0) return 0;
    const from = this.#at;
    const most = (this.#packed * this.#width) / 8;
    while (this.#at - from < most && this.#bytes[this.#at] === this.#fullByte) this.#at++;
    this.level = this.#most;
    return ((this.#at - from) * 8) / this.#width;
  }

  /** One level of a group of bits, and those after it in the same byte that are the same. */
  #some(): number {
    if (this.#held < this.#width) {
      this.#bits |= this.#byte() << this.#held;
      this.#held += 8;
    }
    const mask = (1 << this.#width) - 1;
    this.level = this.#bits & mask;
    if (this.level > this.#most) throw new RangeError("a level is out of range");
    let count = 0;
    do {
      this.#bits >>>= this.#width;
      this.#held -= this.#width;
      count++;
    } while (this.#held >= this.#width && (this.#bits & mask) === this.level);
    return count;
  }

  #header(): number {
    let header = 0;
    for (let unit = 1; ; unit *= 128) {
      const next = this.#byte();
      header += (next & 0x7f) * unit;
      if (next < 0x80) return header;
      if (unit > 2 ** 28) throw new RangeError("a run of levels is too long");
    }
  }

  #byte(): number {
    if (this.#at === this.#bytes.length) throw new RangeError("levels of a page are cut off");
    return this.#bytes[this.#at++];
  }
}

/** How many of so many entries have the largest level: of levels of definition those that have a number. */
export function fullOf(bytes: Uint8Array, most: number, count: number): number {
  const runs = new LevelRuns(bytes, most, count);
  let full = 0;
  while (runs.next()) if (runs.level === most) full += runs.left;
  return full;
}
