// Makes a call wrong: one of its arguments, or one of its options.
import { detached, outOfBounds, overlapping } from "./arrays.js";
import { BAD_ARGUMENTS, BAD_OPTIONS, MISSPELT, NOTHING_LIKE_IT } from "./values.js";

/** @import { Placed } from "../memory.js" */
/** @import { Call, Drawn, Operation } from "../operation.js" */
/** @import { Random } from "../random.js" */

/**
 * In words what is wrong, and the wrong argument.
 * @typedef {{ what: string, make: () => unknown }} Broken
 */

/** @type {(what: string, values: readonly unknown[]) => Broken[]} */
const all = (what, values) => values.map((value) => ({ what, make: () => value }));

/**
 * The arguments with one that is wrong.
 * @param {Random} random
 * @param {Operation} operation
 * @param {Drawn} drawn
 * @param {Call} call
 * @returns {{ what: string, args: unknown[] }}
 */
export function breakCall(random, operation, drawn, call) {
  const { kinds } = operation;
  const at = random.below(kinds.length);
  const [kind, argument] = [kinds[at], call.args[at]];
  const { what, make } =
    kind === "options"
      ? brokenOptions(random, operation, drawn, call)
      : random.pick([...WAYS[kind](/** @type {any} */ (argument), drawn), ...all("type", NOTHING_LIKE_IT)]);
  const args = [...call.args];
  args[at] = make();
  return { what: `argument ${at}, ${what}`, args };
}

/** @type {(array: Placed) => Broken[]} */
const withoutMemory = (array) => [
  { what: "detached", make: () => detached(array) },
  ...(array.length === 0 ? [] : [{ what: "out of bounds", make: () => outOfBounds(array) }]),
];

/**
 * @param {Placed} array
 * @param {number} [width]
 * @returns {Broken[]}
 */
function noWholeRows(array, width = 1) {
  if (width === 1 || array.length === 0) return [];
  return [
    { what: "one element less", make: () => array.subarray(0, array.length - 1) },
    { what: "one element alone", make: () => array.subarray(0, 1) },
  ];
}

/** @type {(array: Placed) => Broken[]} */
const otherLength = (array) => [
  { what: "one element more", make: () => new /** @type {any} */ (array.constructor)(array.length + 1) },
  ...(array.length === 0 ? [] : [{ what: "one element less", make: () => array.subarray(1) }]),
];

/**
 * Labels of which one is wrong.
 * @param {Placed | number[]} labels
 * @param {Drawn} drawn
 */
function brokenLabels(labels, { classes = 0 }) {
  const types = all("type", BAD_ARGUMENTS.labels);
  if (!Array.isArray(labels)) types.push(...withoutMemoryOfLabels(labels), ...otherLength(labels));
  else types.push({ what: "one label more", make: () => [...labels, 0] });
  if (labels.length === 0 || labels instanceof Float32Array) return types;
  const wrong = [classes + 1000, -7, 2 ** 40, NaN, 0.5, "0", null, undefined, true, [0], 1n];
  return [
    ...types,
    ...wrong.map((bad) => ({ what: "a label", make: () => [...Array.from(labels).slice(1), bad] })),
  ];
}

/** An empty array of labels is one whether or not it has memory. @param {Placed} labels */
const withoutMemoryOfLabels = (labels) =>
  labels.length === 0 && !(labels instanceof Float32Array) ? [] : withoutMemory(labels);

/** @type {Record<Exclude<Operation["kinds"][number], "options">, (argument: any, drawn: Drawn) => Broken[]>} */
const WAYS = {
  features: (x, { width }) => [
    ...all("type", [...BAD_ARGUMENTS.array, new Float64Array(width ?? 1), new Int32Array(width ?? 1)]),
    ...withoutMemory(x),
    ...noWholeRows(x, width),
  ],
  floats: (x, { width }) => [
    ...all("type", [...BAD_ARGUMENTS.array, new Float64Array(width ?? 1), new Int8Array(width ?? 1)]),
    ...withoutMemory(x),
    ...noWholeRows(x, width),
  ],
  transformed: (x, { width }) => [
    ...all("type", [...BAD_ARGUMENTS.array, new Uint8Array(4), new Int16Array(4)]),
    ...withoutMemory(x),
    ...noWholeRows(x, width),
  ],
  labels: brokenLabels,
  gradLogits: (array) => [
    ...all("type", [...BAD_ARGUMENTS.array, new Float64Array(array.length)]),
    ...withoutMemory(array),
    ...otherLength(array),
  ],
  k: (_, { classes = 0 }) => all("value", [...BAD_ARGUMENTS.k, classes + 1]),
  count: (_, { classes = 0 }) => all("value", [...BAD_ARGUMENTS.count, classes - 1]),
  bytes: () => all("type", BAD_ARGUMENTS.bytes),
  json: () => all("type", BAD_ARGUMENTS.json),
};

/**
 * @param {Random} random
 * @param {Operation} operation
 * @param {Drawn} drawn
 * @param {Call} call
 * @returns {Broken}
 */
function brokenOptions(random, { options: names }, drawn, call) {
  const given = /** @type {Record<string, unknown>} */ (call.args.at(-1) ?? {});
  if (random.chance(0.1)) return random.pick(all("options", BAD_ARGUMENTS.options));
  const name = random.chance(0.1) ? random.pick(MISSPELT) : random.pick(names);
  /** @type {(option: string, broken: Broken) => Broken} */
  const withOption = (option, { what, make }) => ({
    what: `${option}, ${what}`,
    make: () => ({ ...given, [option]: make() }),
  });
  if (name === "out") return withOption("out", random.pick(brokenOutputs(random, drawn.needs ?? 0, call)));
  if (name === "gradients") return withOption("out", brokenGradients(random, drawn, call));
  if (!Object.hasOwn(BAD_OPTIONS, name)) return withOption(name, { what: "no such option", make: () => 1 });
  const [x] = /** @type {[Placed]} */ (call.args);
  const place = { rows: x.length / (drawn.width ?? 1), classes: drawn.classes ?? 0 };
  return withOption(name, random.pick(all("value", BAD_OPTIONS[name](place))));
}

/**
 * Arrays that have no room for so many floats, or have it where an input is.
 * @param {Random} random
 * @param {number} length
 * @param {Call} call
 * @returns {Broken[]}
 */
function brokenOutputs(random, length, { args }) {
  const wrong = all("type", [3, "x", {}, [1, 2], new Float64Array(length), new Uint8Array(4 * length), true]);
  wrong.push({ what: "detached", make: () => detached(new Float32Array(length)) });
  if (length === 0) return wrong;
  wrong.push({ what: "too short", make: () => new Float32Array(length - 1) });
  wrong.push({ what: "out of bounds", make: () => outOfBounds(new Float32Array(length)) });
  // Chosen classes are copied before anything is written.
  const { out, classes, ...read } = /** @type {Record<string, unknown>} */ (args.at(-1) ?? {});
  const inputs = [...args.slice(0, -1), ...Object.values(read)].filter(isRead);
  const value = overlapping(random.pick(inputs), length, random.unit());
  return value === null ? wrong : [...wrong, ...all("overlaps an input", new Array(6).fill(value))];
}

/**
 * @param {unknown} argument
 * @returns {argument is Placed}
 */
const isRead = (argument) => ArrayBuffer.isView(argument) && argument.byteLength > 0;

/**
 * @param {Random} random
 * @param {Drawn} drawn
 * @param {Call} call
 * @returns {Broken}
 */
function brokenGradients(random, { needs = 0, classes = 0 }, call) {
  if (random.chance(0.2)) return random.pick(all("type", BAD_ARGUMENTS.options));
  if (random.chance(0.1))
    return { what: "no such gradient", make: () => ({ feature: new Float32Array(needs) }) };
  const { what, make } = random.pick(brokenOutputs(random, needs, call));
  const bias = random.chance(0.5) ? {} : { bias: new Float32Array(classes) };
  return { what: `features, ${what}`, make: () => ({ ...bias, features: make() }) };
}
