// Everything that has a target, in the order in which it is printed.
import { callRows, measureBound } from "./calls.js";
import { choiceRows, measureChoice } from "./choice.js";
import { headRows } from "./head.js";
import { kernelRows, measureKernels } from "./kernels.js";
import { measurePeers, peerRows } from "./peers.js";
import { threadRows } from "./threads.js";

const EXPONENTS = Array.from({ length: 18 }, (_, i) => i + 3);
const QUICK = [3, 8, 10, 12, 16, 20];
const LIMITS = ["float32", "float64", "int32"];

/**
 * @param native what loadNative returns
 * @param libraries whether those of other libraries are installed
 * @returns the rows of the table, and all that they are made of
 */
export async function measureTargets({ backends, native: { addon, reason }, libraries, quick }) {
  const instructionSets = backends
    .filter(({ name }) => name === "native")
    .map(({ instructionSet }) => instructionSet);
  const settings = {
    addon,
    instructionSets,
    milliseconds: quick ? 5 : 150,
    exponents: quick ? QUICK : EXPONENTS,
  };
  const say = (what) => process.stderr.isTTY && console.error(`measuring ${what} …`);
  const rows = [];
  const measured = {};
  if (addon !== undefined && instructionSets.length > 0) {
    say("the limit");
    measured.limits = measureLimits(settings);
    say("kernels");
    measured.kernels = measureKernels(settings);
    say("calls");
    measured.bound = measureBound(settings);
    rows.push(...kernelRows(measured.kernels, instructionSets[0]), ...callRows(measured.bound, settings));
  } else {
    rows.push({ what: "kernels and calls by the limit", target: "", missing: reason ?? "no native backend" });
  }
  say("the head");
  rows.push(...headRows(settings));
  if (libraries) {
    say("other libraries");
    measured.peers = await measurePeers(settings);
    rows.push(...peerRows(measured.peers));
  } else {
    rows.push({ what: "against other libraries", target: "", missing: "they are not installed" });
  }
  if (instructionSets.length > 0) {
    say("threads");
    rows.push(...threadRows(settings));
  }
  say("the choice of a backend");
  measured.choice = measureChoice(backends, settings);
  rows.push(...choiceRows(measured.choice));
  return { rows, ...measured };
}

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
