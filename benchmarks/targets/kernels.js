// The kernels alone, on aligned rows, against the limit that is measured beside each run.
import { aligned, checkTransform } from "../rows.js";
import { BYTES } from "./limits.js";
import { range, shown, worst } from "./row.js";

/** @import { ElementType } from "../product.js" */
/** @import { Bounds } from "../setup.js" */
/** @import { NativeSettings } from "./index.js" */
/** @import { MissingRow, Row } from "./row.js" */

/** @typedef {ReturnType<typeof measureKernels>[number]} Kernel */
/** @typedef {keyof typeof FORMS} Form */

/**
 * Bytes of a batch, of which a row has at most all. A row by itself is transformed again and again: it waits for what it has just
 * stored.
 */
const FORMS = { "in L1": 2 ** 14, "in L2": 2 ** 18, "one row": 0 };
/** From here on a row by itself is larger than what it has just stored. */
const LONG = 13;
/** @type {[Form, number, number][]} */
const SIZES = [
  ["in L1", 2, 12],
  ["in L2", 2, 12],
  ["one row", 2, 20],
];

/**
 * The bound that is the largest, by name.
 * @param {Bounds} bounds
 */
export function boundOf({ additions, vector, loads, stores, memory, caches }) {
  const by = { "vector pipes": vector || additions, loads, stores, "loads and stores": memory, caches };
  return Object.entries(by).reduce((a, b) => (b[1] > a[1] ? b : a));
}

/**
 * Rows of all sizes of every instruction set for float32, and of the best one for the other types.
 * @param {NativeSettings} settings
 */
export function measureKernels({ addon, instructionSets, milliseconds }) {
  /**
   * @param {string} instructionSet
   * @param {ElementType} type
   * @param {Form} form
   * @param {number} m
   */
  const measure = (instructionSet, type, form, m) => {
    const bytes = 2 ** m * BYTES[type];
    const rows = Math.max(FORMS[form] / bytes, 1);
    const x = aligned(addon, type, rows * 2 ** m);
    checkTransform(
      `kernel ${instructionSet} ${type} ${form} n=2^${m}`,
      x,
      () => addon.transform(instructionSet, x, 2 ** m),
      { rowLength: 2 ** m },
    );
    const timing = addon.time(instructionSet, x, 2 ** m, milliseconds * 1e6);
    const [bound, least] = boundOf(timing.bounds);
    const { fraction, ofAdditions, ofPorts, ofCaches } = timing;
    return {
      instructionSet,
      type,
      form,
      m,
      n: 2 ** m,
      nanoseconds: timing.nanoseconds / rows,
      limit: ((x.length * m) / least) * 1e9,
      bound,
      fraction,
      ofAdditions,
      ofPorts,
      ofCaches,
    };
  };
  /**
   * @param {string} instructionSet
   * @param {ElementType} type
   */
  const ofAllSizes = (instructionSet, type) =>
    SIZES.flatMap(([form, from, to]) =>
      Array.from({ length: to - from + 1 }, (_, i) => from + i)
        .filter((m) => FORMS[form] === 0 || 2 ** m * BYTES[type] <= FORMS[form])
        .map((m) => measure(instructionSet, type, form, m)),
    );
  const [best] = instructionSets;
  return [
    ...instructionSets.flatMap((instructionSet) => ofAllSizes(instructionSet, "float32")),
    ...ofAllSizes(best, "float64"),
    ...ofAllSizes(best, "int32"),
  ];
}

/** @type {Record<Form, string>} */
const NAMES = {
  "in L1": "rows of a batch in L1",
  "in L2": "rows of a batch in L2",
  "one row": "one row",
};

/**
 * @param {Kernel[]} kernels
 * @param {string[]} instructionSets the best first
 * @returns {(Row | MissingRow)[]}
 */
export function kernelRows(kernels, instructionSets) {
  const [best] = instructionSets;
  /** @typedef {[instructionSet: string, type: ElementType, form: Form, from: number, to: number]} Which */
  /** @param {Which} which */
  const of = ([instructionSet, type, form, from, to]) =>
    kernels.filter(
      (k) =>
        k.instructionSet === instructionSet && k.type === type && k.form === form && k.m >= from && k.m <= to,
    );
  /** @param {Which} which */
  const title = ([instructionSet, type, form, from, to]) =>
    `FWHT ${type} kernel, ${instructionSet}, ${NAMES[form]}, ${range(from, to)}`;
  /** @type {(target: number, ...which: Which) => Row | MissingRow} */
  const limited = (target, ...which) => ({
    what: title(which),
    target: `≥ ${target.toFixed(2)} of the limit`,
    ...worst(of(which), ({ fraction }) => fraction, { atLeast: target }),
  });
  /** @type {(...which: Which) => Row | MissingRow} */
  const plain = (...which) => shown(title(which), of(which), ({ fraction }) => fraction);
  /** @type {(type: ElementType, bytes: number, to: number) => Row | MissingRow} */
  const perByte = (type, bytes, to) => {
    const times = of([best, type, "in L1", 8, to]).flatMap((k) => {
      const float32 = of([best, "float32", "in L1", k.m, k.m])[0];
      return { ...k, perByte: k.nanoseconds / bytes / (float32.nanoseconds / 4) };
    });
    return {
      what: `FWHT ${type} kernel by float32, rows of a batch in L1, time per byte, ${range(8, to)}`,
      target: "≤ 1.00",
      ...worst(times, ({ perByte }) => perByte, { atMost: 1 }),
    };
  };
  /** @param {string} instructionSet */
  const inL1 = (instructionSet) => (instructionSet === "avx2" ? 0.95 : 0.9);
  return [
    limited(inL1(best), best, "float32", "in L1", 6, 12),
    limited(0.9, best, "float32", "one row", LONG, 16),
    limited(0.85, best, "float32", "one row", 17, 20),
    plain(best, "float32", "in L1", 4, 5),
    plain(best, "float32", "in L2", 4, 9),
    {
      ...plain(best, "float32", "one row", 4, 9),
      what: `FWHT float32 kernel, ${best}, one row again and again in place: from its stores to its loads, ${range(4, 9)}`,
    },
    limited(0.9, best, "float64", "in L1", 6, 11),
    perByte("float64", 8, 11),
    limited(0.9, best, "int32", "in L1", 6, 12),
    perByte("int32", 4, 12),
    ...instructionSets
      .slice(1)
      .filter((instructionSet) => instructionSet !== "scalar")
      .map((instructionSet) => limited(inL1(instructionSet), instructionSet, "float32", "in L1", 6, 12)),
  ];
}
