// Changes of bytes and of JSON, from a flipped bit to a header that says something else.

/** @import { Random } from "./random.js" */

/** @type {((random: Random, bytes: Buffer) => Buffer)[]} */
const OF_BYTES = [
  // A bit, in the header or behind it.
  (random, bytes) => {
    bytes[random.below(bytes.length)] ^= 1 << random.below(8);
    return bytes;
  },
  (random, bytes) => bytes.subarray(0, random.below(bytes.length + 1)),
  (random, bytes) => Buffer.concat([bytes, Buffer.alloc(random.from(1, 9))]),
  (random, bytes) => {
    const [a, b] = [random.below(bytes.length), random.below(bytes.length)];
    return Buffer.concat([bytes.subarray(0, a), bytes.subarray(Math.min(a, b), b), bytes.subarray(a)]);
  },
  // The length of the header.
  (random, bytes) => {
    if (bytes.length > 8) bytes[random.below(8)] = random.pick([0, 1, 127, 128, 255]);
    return bytes;
  },
  ...[
    // A digit, so that shapes, ranges, versions and sizes are others.
    (/** @type {Random} */ random, /** @type {string} */ text) =>
      replaceOne(random, text, /\d/g, () => String(random.below(10))),
    (/** @type {Random} */ random, /** @type {string} */ text) =>
      replaceOne(random, text, /\d+/g, () =>
        random.pick(["-1", "1.5", "1e3", "0", "4294967296", '"1"', "null", "[]"]),
      ),
    // A whole string: a name, a type, a value of the metadata.
    (/** @type {Random} */ random, /** @type {string} */ text) =>
      replaceOne(random, text, /"[^"]*"/g, () => random.pick(STRINGS)),
    (/** @type {Random} */ random, /** @type {string} */ text) =>
      replaceOne(random, text, /[[\]{}:,]/g, () => random.pick(["", ",", "]", "}", " "])),
    (/** @type {Random} */ random, /** @type {string} */ text) =>
      replaceOne(random, text, /"[^"]+":("[^"]*"|\{[^{}]*\}),?/g, (found) =>
        random.pick(["", found + found]),
      ),
  ].map((change) => changeHeader(change)),
];

const STRINGS = [
  ...[
    '"F32"',
    '"F64"',
    '"I32"',
    '"scale"',
    '"bias"',
    '"weights"',
    '"shape"',
    '"dtype"',
    '"data_offsets"',
    '"__metadata__"',
  ],
  ...[
    '"hadamard"',
    '"learned"',
    '"sylvester"',
    '"cube"',
    '"code.seed"',
    '"code.assignment"',
    '"__proto__"',
    '"\\u0000"',
    '""',
  ],
];

/**
 * @param {Random} random
 * @param {string} text
 * @param {RegExp} pattern
 * @param {(found: string) => string} change
 */
function replaceOne(random, text, pattern, change) {
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return text;
  const { 0: match, index } = random.pick(found);
  return text.slice(0, index) + change(match) + text.slice(index + match.length);
}

/**
 * A change of the text of the header, whose length is then put right.
 * @param {(random: Random, text: string) => string} change
 * @returns {(random: Random, bytes: Buffer) => Buffer}
 */
function changeHeader(change) {
  return (random, bytes) => {
    if (bytes.length < 8) return bytes;
    const end = Math.min(bytes.length, 8 + bytes.readUInt32LE(0));
    const header = Buffer.from(change(random, bytes.toString("latin1", 8, end)), "latin1");
    const length = Buffer.alloc(8);
    length.writeUInt32LE(header.length);
    return Buffer.concat([length, header, bytes.subarray(end)]);
  };
}

/**
 * @param {Random} random
 * @param {Uint8Array} bytes
 */
export function mutateBytes(random, bytes) {
  let changed = Buffer.from(bytes);
  for (let i = random.size(1, 3); i > 0 && changed.length > 0; i--) {
    changed = Buffer.from(random.pick(OF_BYTES)(random, changed));
  }
  return new Uint8Array(changed);
}

const VALUES = [
  ...[null, true, false, -1, 0, -0, 1, 2, 1.5, 1e9, NaN, 2 ** 31, 1e39, "1", "", "-0", "-Infinity", "NaN"],
  ...["hadamard", "learned", "cube", "sylvester", [], {}, [1], [0, 0], [null], { name: "hadamard" }],
];
const NAMES = ["bias", "weights", "seed", "assignment", "allowDuplicates", "extra", "scale"];

/**
 * @param {Random} random
 * @param {unknown} json
 * @returns {unknown}
 */
export function mutateJson(random, json) {
  if (typeof json !== "object" || json === null || random.chance(0.02)) return random.pick(VALUES);
  /** @type {Record<string, unknown>} */
  const fields = Array.isArray(json) ? /** @type {any} */ ([...json]) : { ...json };
  const names = Object.keys(fields);
  const name = names.length === 0 || random.chance(0.1) ? random.pick(NAMES) : random.pick(names);
  if (random.chance(0.15)) delete fields[name];
  else fields[name] = mutateJson(random, random.chance(0.5) ? null : fields[name]);
  return fields;
}
