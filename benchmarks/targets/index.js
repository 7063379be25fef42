// Everything that has a target, in the order in which it is printed.

import { needed } from "../needed.js";
import { watchCore } from "../timing.js";
import { axesRows, measureAxes } from "./axes.js";
import { buildingRows } from "./building.js";
import { callRows, measureBound } from "./calls.js";
import { choiceRows, measureChoice } from "./choice.js";
import { classRows } from "./classes.js";
import { codeRows } from "./codes.js";
import { featureRows } from "./features.js";
import { measureGrowth } from "./growth.js";
import { headRows } from "./head.js";
import { kernelRows, measureKernels } from "./kernels.js";
import { measureLimits } from "./limits.js";
import { lossRows } from "./losses.js";
import { newHeadRows } from "./new-head.js";
import { measureOrders, orderRows } from "./orders.js";
import { measurePeers, peerRows } from "./peers.js";
import { productRows } from "./product-codes.js";
import { rerankedRows } from "./reranked.js";
import { rotationRows } from "./rotation.js";
import { threadRows } from "./threads.js";
import { measureWasm, wasmRows } from "./wasm.js";
import { youngRows } from "./young.js";

/** @import { Backend, ElementType } from "../product.js" */
/** @import { Compared } from "../peers/measure.js" */
/** @import { Native, NativeAddon } from "../setup.js" */
/** @import { Bound } from "./calls.js" */
/** @import { Kernel } from "./kernels.js" */
/** @import { MissingRow, Row } from "./row.js" */

/**
 * What all parts are measured by: milliseconds for each, and exponents of the sizes of the transform.
 * @typedef {object} Settings
 * @property {Native} native
 * @property {Backend[]} backends
 * @property {string[]} instructionSets of the native backend, the best first
 * @property {boolean} libraries whether those of other libraries are installed
 * @property {boolean} quick
 * @property {number} milliseconds
 * @property {number[]} exponents
 */
/** @typedef {Settings & { addon: NativeAddon }} NativeSettings */

/**
 * Registers a cycle, where there are any; the names are those of the loops.
 * @typedef {object} Limits
 * @property {string} instructionSet
 * @property {ElementType} type
 * @property {number} width elements of a register
 * @property {number} additionsPerSecond of elements
 * @property {number | null} additions
 * @property {number | null} across
 * @property {number | null} within
 * @property {number | null} loads
 * @property {number | null} stores
 * @property {number | null} copies
 */

/**
 * What rows and plots are made of, as far as it was measured.
 * @typedef {object} Details
 * @property {Limits[]} [limits]
 * @property {Kernel[]} [kernels]
 * @property {Bound[]} [bound]
 * @property {ReturnType<typeof measureOrders>} [orders]
 * @property {ReturnType<typeof measureAxes>} [axes]
 * @property {Compared[]} [growth]
 * @property {Compared[]} [peers]
 * @property {Awaited<ReturnType<typeof measureWasm>>} [wasm]
 * @property {ReturnType<typeof measureChoice>} [choice]
 */
/** @typedef {{ rows: (Row | MissingRow)[] } & Details} Part */

const EXPONENTS = Array.from({ length: 18 }, (_, i) => i + 3);
const QUICK = [3, 8, 10, 12, 16, 20];
/** Nanoseconds: one run of the limit. */
const SHORT = 1;

/**
 * The parts of the table. Each gives its rows, and by name what they or a plot are made of.
 * @type {Record<string, (settings: Settings) => Part | Promise<Part>>}
 */
const PARTS = {
  limit(settings) {
    const { native, instructionSets } = settings;
    const { addon, reason } = native;
    if (addon === undefined || instructionSets.length === 0) {
      return { rows: [missing("kernels and calls by the limit", reason ?? "no native backend")] };
    }
    const withAddon = { ...settings, addon };
    const limits = measureLimits(withAddon);
    const kernels = measureKernels(withAddon);
    const bound = measureBound(withAddon);
    const rows = [...kernelRows(kernels, instructionSets), ...callRows(bound, withAddon)];
    return { rows, limits, kernels, bound };
  },
  orders(settings) {
    const orders = measureOrders(settings);
    return { rows: orderRows(orders), orders };
  },
  axes(settings) {
    const axes = measureAxes(settings);
    return { rows: axesRows(axes), axes };
  },
  rotation: (settings) => ({ rows: rotationRows(settings) }),
  head: (settings) => ({ rows: headRows(settings) }),
  young: async (settings) => ({ rows: await youngRows(settings) }),
  features: (settings) => ({ rows: featureRows(settings) }),
  losses: (settings) => ({ rows: lossRows(settings) }),
  construction: (settings) => ({ rows: newHeadRows(settings) }),
  codes: (settings) => ({ rows: [...codeRows(), ...buildingRows(settings)] }),
  async classes(settings) {
    const rows = await classRows(settings);
    return settings.libraries ? { rows, growth: await measureGrowth(settings) } : { rows };
  },
  product: async (settings) => ({ rows: await productRows(settings) }),
  async peers(settings) {
    if (!settings.libraries) return { rows: [missing("against other libraries", "they are not installed")] };
    const peers = await measurePeers(settings);
    return { rows: peerRows(peers), peers };
  },
  async reranked(settings) {
    if (settings.libraries) return { rows: await rerankedRows(settings) };
    return { rows: [missing("best classes scored again, against another library", "it is not installed")] };
  },
  threads: (settings) => ({ rows: settings.instructionSets.length > 0 ? threadRows(settings) : [] }),
  async wasm(settings) {
    const wasm = await measureWasm(settings);
    return { rows: wasmRows(settings, wasm), wasm };
  },
  choice(settings) {
    const choice = measureChoice(settings.backends, settings);
    return { rows: choiceRows(choice), choice };
  },
};
export const PART_NAMES = Object.keys(PARTS);

/**
 * @param {Pick<Settings, "backends" | "native" | "libraries" | "quick"> & { parts: string[] }} given some of PART_NAMES, and for what
 * @returns {Promise<Part>} the rows of the table, and all that they are made of
 */
export async function measureTargets({ parts, backends, native, libraries, quick }) {
  const instructionSets = backends
    .filter(({ name }) => name === "native")
    .map(({ instructionSet }) => instructionSet);
  const settings = {
    native,
    backends,
    instructionSets,
    libraries,
    quick,
    milliseconds: quick ? 5 : 150,
    exponents: quick ? QUICK : EXPONENTS,
  };
  const { addon } = native;
  if (addon !== undefined && instructionSets.length > 0) {
    // Integer additions keep all that a core can start at a time busy.
    watchCore(() => needed(addon.limit(instructionSets[0], "int32", "add", SHORT), "limit of additions"));
  }
  /** @type {Part["rows"]} */
  const all = [];
  /** @type {Details} */
  const measured = {};
  for (const part of PART_NAMES.filter((name) => parts.includes(name))) {
    if (process.stderr.isTTY) console.error(`measuring: ${part} …`);
    const { rows, ...details } = await PARTS[part](settings);
    all.push(...rows);
    Object.assign(measured, details);
  }
  return { rows: all, ...measured };
}

/** @type {(what: string, reason: string) => MissingRow} */
const missing = (what, reason) => ({ what, target: "", missing: reason });
