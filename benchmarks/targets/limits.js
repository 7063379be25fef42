// What the core can do at most, port by port.
import { needed } from "../needed.js";

/** @import { ElementType } from "../product.js" */
/** @import { Loop } from "../setup.js" */
/** @import { Limits, NativeSettings } from "./index.js" */

/** @type {Record<ElementType, number>} */
export const BYTES = { float32: 4, float64: 8, int32: 4 };
/** @type {Record<string, number>} */
const REGISTER_BYTES = { avx512: 64, avx2: 32, sse2: 16, neon: 16 };

/**
 * @param {NativeSettings} settings
 * @returns {Limits[]}
 */
export function measureLimits({ addon, instructionSets, milliseconds }) {
  const types = /** @type {ElementType[]} */ (Object.keys(BYTES));
  return instructionSets.flatMap((instructionSet) =>
    types.map((type) => {
      /** @param {Loop} what */
      const measure = (what) => addon.limit(instructionSet, type, what, (milliseconds * 1e6) / 4);
      const cycles = needed(measure("cycle"), "limit of cycles");
      const width = Math.max((REGISTER_BYTES[instructionSet] ?? 0) / BYTES[type], 1);
      const additionsPerSecond = needed(measure("add"), "limit of additions");
      /** @param {Loop} what */
      const perCycle = (what) => {
        const steps = measure(what);
        return steps === null ? null : steps / cycles;
      };
      return {
        instructionSet,
        type,
        width,
        additionsPerSecond,
        additions: additionsPerSecond / width / cycles,
        across: perCycle("across"),
        within: perCycle("within"),
        loads: perCycle("load"),
        stores: perCycle("store"),
        copies: perCycle("copy"),
      };
    }),
  );
}
