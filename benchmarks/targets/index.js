// Everything that has a target, in the order in which it is printed.

import { watchCore } from "../timing.js";
import { callRows, measureBound } from "./calls.js";
import { choiceRows, measureChoice } from "./choice.js";
import { classRows } from "./classes.js";
import { codeRows } from "./codes.js";
import { measureGrowth } from "./growth.js";
import { headRows } from "./head.js";
import { kernelRows, measureKernels } from "./kernels.js";
import { measureOrders, orderRows } from "./orders.js";
import { measurePeers, peerRows } from "./peers.js";
import { threadRows } from "./threads.js";

const EXPONENTS = Array.from({ length: 18 }, (_, i) => i + 3);
const QUICK = [3, 8, 10, 12, 16, 20];
const LIMITS = ["float32", "float64", "int32"];
/** Nanoseconds: one run of the limit. */
const SHORT = 1;

/** The parts of the table. Each gives its rows, and by name what they or a plot are made of. */
const PARTS = {
  limit(settings) {
    const { addon, reason, instructionSets } = settings;
    if (addon === undefined || instructionSets.length === 0) {
      return { rows: [missing("kernels and calls by the limit", reason ?? "no native backend")] };
    }
    const limits = measureLimits(settings);
    const kernels = measureKernels(settings);
    const bound = measureBound(settings);
    const rows = [...kernelRows(kernels, instructionSets[0]), ...callRows(bound, settings)];
    return { rows, limits, kernels, bound };
  },
  orders(settings) {
    const orders = measureOrders(settings);
    return { rows: orderRows(orders), orders };
  },
  head: (settings) => ({ rows: headRows(settings) }),
  codes: () => ({ rows: codeRows() }),
  async classes(settings) {
    const rows = await classRows(settings);
    return settings.libraries ? { rows, growth: await measureGrowth(settings) } : { rows };
  },
  async peers(settings) {
    if (!settings.libraries) return { rows: [missing("against other libraries", "they are not installed")] };
    const peers = await measurePeers(settings);
    return { rows: peerRows(peers), peers };
  },
  threads: (settings) => ({ rows: settings.instructionSets.length > 0 ? threadRows(settings) : [] }),
  choice(settings) {
    const choice = measureChoice(settings.backends, settings);
    return { rows: choiceRows(choice), choice };
  },
};
export const PART_NAMES = Object.keys(PARTS);

/**
 * @param parts some of PART_NAMES
 * @param native what loadNative returns
 * @param libraries whether those of other libraries are installed
 * @returns the rows of the table, and all that they are made of
 */
export async function measureTargets({ parts, backends, native: { addon, reason }, libraries, quick }) {
  const instructionSets = backends
    .filter(({ name }) => name === "native")
    .map(({ instructionSet }) => instructionSet);
  const settings = {
    addon,
    reason,
    backends,
    instructionSets,
    libraries,
    quick,
    milliseconds: quick ? 5 : 150,
    exponents: quick ? QUICK : EXPONENTS,
  };
  if (addon !== undefined && instructionSets.length > 0) {
    // Integer additions keep all that a core can start at a time busy.
    watchCore(() => addon.limit(instructionSets[0], "int32", SHORT));
  }
  const all = [];
  const measured = {};
  for (const part of PART_NAMES.filter((name) => parts.includes(name))) {
    if (process.stderr.isTTY) console.error(`measuring: ${part} …`);
    const { rows, ...details } = await PARTS[part](settings);
    all.push(...rows);
    Object.assign(measured, details);
  }
  return { rows: all, ...measured };
}

const missing = (what, reason) => ({ what, target: "", missing: reason });

function measureLimits({ addon, instructionSets, milliseconds }) {
  return instructionSets.map((instructionSet) => ({
    instructionSet,
    ...Object.fromEntries(
      LIMITS.map((type) => [type, addon.limit(instructionSet, type, milliseconds * 1e6)]),
    ),
    // Additions and subtractions by turns, where the subtractions have pipes of their own.
    float32OnAllPipes: addon.limit(instructionSet, "float32 both", milliseconds * 1e6),
  }));
}
