// Instructions by what of a core they take, and how long it takes for so many at least.

/**
 * "add" to "logic" are instructions on vectors of numbers; an operand in memory counts as a load too. "copied" are bytes that memmove or memset
 * wrote, whose instructions are not in the other classes.
 */
export const CLASSES = /** @type {const} */ ([
  "add",
  "multiply",
  "shuffle",
  "logic",
  "load",
  "store",
  "other",
  "copied",
]);

/** @typedef {Record<typeof CLASSES[number] | "all", number>} Counts */

/** @returns {Counts} */
export const noCounts = () => ({
  ...{ add: 0, multiply: 0, shuffle: 0, logic: 0, load: 0, store: 0, other: 0 },
  ...{ copied: 0, all: 0 },
});

const ADD = /^v?(add|sub|addsub)p[sd]$/;
/** A sum by a product with ±1, or any other. */
const FUSED = /^vf/;
const MULTIPLY = /^v?(mulp[sd]|pmulld)$/;
const SHUFFLE =
  /^v?(perm|shuf|unpck|punpck|pshuf|insert|extract|align|palign|mov[sd]?[lh]?dup|broadcast|pbroadcast|expand|compress|pexpand|pcompress)/;
const MOVE = /^v?mov(u|a|dq|q|d|s|l|h|nt|lh|hl)/;
const VECTOR = /\b([xyz]mm)\d/;
const SCALAR_NUMBER = /(s[sd]|si2s[sd]|s[sd]2\w+)$/;

/**
 * @param {string} instruction in Intel's syntax, the destination first
 * @param {number} times
 * @param {boolean} narrow whether the kernels have vectors of 128 bits, and only memmove and memset have others
 * @param {Counts} counts to which it is added
 */
export function classify(instruction, times, narrow, counts) {
  const [name, ...rest] = instruction.trim().split(/\s+/);
  const operands = rest.join(" ");
  if (name === "rep" && /^(movs|stos)/.test(operands)) {
    counts.copied += times;
    return;
  }
  const toMemory = /^[^,]*\[/.test(operands);
  const fromMemory = !toMemory && operands.includes("[") && name !== "lea";
  const vector = VECTOR.exec(operands);
  if (narrow && vector !== null && vector[1] !== "xmm") {
    if (toMemory) counts.copied += times * (vector[1] === "zmm" ? 64 : 32);
    return;
  }
  counts.all += times;
  if (vector === null || SCALAR_NUMBER.test(name)) {
    counts.other += times;
    return;
  }
  if (toMemory) counts.store += times;
  if (fromMemory) counts.load += times;
  if (ADD.test(name) || FUSED.test(name)) counts.add += times;
  else if (MULTIPLY.test(name)) counts.multiply += times;
  else if (SHUFFLE.test(name)) counts.shuffle += fromMemory ? 0 : times;
  else if (!MOVE.test(name)) counts.logic += times;
  else if (!toMemory && !fromMemory) counts.other += times;
}

/**
 * The cycles that a core such as Golden Cove takes at least, and for what: it begins six instructions in a cycle. With 128 bits it adds and shuffles
 * on two ports, multiplies on two and does the rest on three, and has three loads and two stores a cycle; with 512 bits it has two ports for all of
 * them, of which one shuffles, two loads and one store. Copies are not in it.
 * @param {Counts} counts
 * @param {boolean} narrow
 */
export function bound({ add, multiply, shuffle, logic, load, store, all }, narrow) {
  const vector = add + multiply + shuffle + logic;
  const bounds = narrow
    ? {
        add: (add + shuffle) / 2,
        vector: vector / 3,
        load: load / 3,
        store: store / 2,
        all: all / 6,
      }
    : { shuffle, vector: vector / 2, load: load / 2, store, all: all / 6 };
  const [by, cycles] = Object.entries(bounds).reduce((a, b) => (b[1] > a[1] ? b : a));
  return { by, cycles };
}
