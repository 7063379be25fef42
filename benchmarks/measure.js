import Benchmark from "benchmark";
import { needed } from "./needed.js";

/** @import { Backend } from "./product.js" */

/**
 * One operation on one shape, on every backend.
 * @typedef {object} Case
 * @property {string} suite
 * @property {string} title
 * @property {Record<string, number>} parameters
 * @property {number} [additions] of one call
 * @property {{ backend: Backend, prepare: () => { run: () => void, verify: () => void } }[]} variants
 */
/** @typedef {ReturnType<typeof measure>[number]} Result */

/**
 * The numbers of a case, with the speed of js as the unit of `ratioToJs`.
 * @param {Case} benchmark
 * @param {number} seconds for each backend
 */
export function measure({ suite, title, parameters, additions, variants }, seconds) {
  const results = variants.map(({ backend, prepare }) => {
    const { run, verify } = prepare();
    const { hz, stats } = timed(title, run, seconds);
    verify();
    return {
      suite,
      ...parameters,
      backend: backend.name,
      instructionSet: backend.instructionSet,
      callsPerSecond: hz,
      nanoseconds: 1e9 / hz,
      relativeMarginOfError: stats.rme,
      samples: stats.sample.length,
      ...(additions === undefined ? {} : { additionsPerSecond: additions * hz }),
    };
  });
  const { callsPerSecond: js } = needed(
    results.find(({ backend }) => backend === "js"),
    "result of js",
  );
  return results.map((result) => ({ ...result, ratioToJs: result.callsPerSecond / js }));
}

/**
 * @param {string} name
 * @param {() => void} run
 * @param {number} seconds
 */
function timed(name, run, seconds) {
  const bench = new Benchmark(name, run, { maxTime: seconds, minSamples: 5 });
  bench.run();
  if (bench.error) throw bench.error;
  return bench;
}
