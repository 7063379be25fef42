// Where two threads run. The host of a virtual machine may give it the two hardware threads of one core, or two cores that are far from
// each other, and something else the next moment.
import { needed } from "./needed.js";

/** @import { Native } from "./setup.js" */

/** Nanoseconds to another core and back: through one cache that both share it takes some hundred, on one core half of that. */
const NEAR = 250;
const ONE_CORE = 85;

/**
 * @param {Native} native
 * @param {string} instructionSet
 */
export function lookAtCores({ addon }, instructionSet) {
  const { alone, together, roundTrip } = needed(addon, "addon of the benchmarks").cores(instructionSet);
  const place = roundTrip < ONE_CORE ? "one core" : roundTrip < NEAR ? "near" : "far";
  return { alone, together, roundTrip, place };
}
