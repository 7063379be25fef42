// Tables that R has saved: "R Internals", section "Serialization Formats", version 2, the binary one; decompressed before.

const NOTHING = 0xfe;
const SEEN_BEFORE = 0xff;
const SYMBOL = 1;
const PAIRS = 2;
const CHARACTERS = 9;
const LOGICALS = 10;
const INTEGERS = 13;
const REALS = 14;
const STRINGS = 16;
const LIST = 19;
const HAS_ATTRIBUTES = 0x200;
const HAS_TAG = 0x400;

/**
 * A vector or a list with its attributes; names, symbols and strings are strings.
 * @typedef {{ values: Int32Array | Float64Array | unknown[], attributes: Record<string, unknown> }} Vector
 */
/** A column: numbers, or with the names of its levels numbers from 1. @typedef {{ name: string, values: ArrayLike<number>, levels: string[] | null }} Column */

/**
 * The columns of the data frame with the given name.
 * @param {Buffer} file
 * @param {string} name
 * @returns {Column[]}
 */
export function readDataFrame(file, name) {
  const magic = "RDX2\nX\n";
  if (file.toString("latin1", 0, magic.length) !== magic) throw new Error("no file of R's second version");
  const saved = /** @type {Record<string, unknown>} */ (new Reader(file, magic.length + 12).item());
  const frame = /** @type {Vector | undefined} */ (saved[name]);
  if (frame === undefined) throw new Error(`no ${name} in it, only ${Object.keys(saved).join(", ")}`);
  const names = /** @type {Vector} */ (frame.attributes.names).values;
  return /** @type {Vector[]} */ (frame.values).map(({ values, attributes }, k) => ({
    name: String(names[k]),
    values: /** @type {ArrayLike<number>} */ (values),
    levels: /** @type {{ values: string[] } | undefined} */ (attributes.levels)?.values ?? null,
  }));
}

class Reader {
  #bytes;
  #at;
  /** @type {unknown[]} */
  #symbols = [];

  /**
   * @param {Buffer} bytes
   * @param {number} at
   */
  constructor(bytes, at) {
    this.#bytes = bytes;
    this.#at = at;
  }

  #integer() {
    this.#at += 4;
    return this.#bytes.readInt32BE(this.#at - 4);
  }

  /** @returns {unknown} */
  item() {
    const flags = this.#integer();
    const type = flags & 0xff;
    if (type === NOTHING) return null;
    if (type === SEEN_BEFORE) return this.#symbols[(flags >>> 8) - 1];
    if (type === SYMBOL) return this.#symbols[this.#symbols.push(this.item()) - 1];
    if (type === PAIRS) return this.#pairs(flags);
    const length = this.#integer();
    if (type === CHARACTERS) return this.#characters(length);
    const values = this.#values(type, length);
    const attributes = flags & HAS_ATTRIBUTES ? this.item() : {};
    return { values, attributes };
  }

  /**
   * @param {number} type
   * @param {number} length
   */
  #values(type, length) {
    if (type === INTEGERS || type === LOGICALS) return Int32Array.from({ length }, () => this.#integer());
    if (type === REALS) return Float64Array.from({ length }, () => this.#real());
    if (type === STRINGS || type === LIST) return Array.from({ length }, () => this.item());
    throw new Error(`a value of R's type ${type} is not read`);
  }

  #real() {
    this.#at += 8;
    return this.#bytes.readDoubleBE(this.#at - 8);
  }

  /** @param {number} length −1: missing */
  #characters(length) {
    if (length < 0) return null;
    this.#at += length;
    return this.#bytes.toString("utf8", this.#at - length, this.#at);
  }

  /** @param {number} first flags of the first pair */
  #pairs(first) {
    /** @type {Record<string, unknown>} */
    const pairs = {};
    for (let flags = first; (flags & 0xff) !== NOTHING; flags = this.#integer()) {
      if ((flags & 0xff) !== PAIRS) throw new Error("a list of pairs that does not end as one");
      if (flags & HAS_ATTRIBUTES) this.item();
      const tag = flags & HAS_TAG ? String(this.item()) : "";
      pairs[tag] = this.item();
    }
    return pairs;
  }
}
