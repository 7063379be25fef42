// The limits of the core inside WebAssembly.
import { compileAssemblyScript } from "../../scripts/assembly-script.js";

/** Calls after which every engine has compiled a function for speed. */
const WARM_UP = 20_000;
/** Nanoseconds of a run. */
const RUN = 20_000;

/** @typedef {{ add(turns: number): void, ADDITIONS: WebAssembly.Global }} Additions */
/** @typedef {{ last(turns: number): void, copy(turns: number): void, VECTORS: WebAssembly.Global, COPIED: WebAssembly.Global }} Stages */

/**
 * @template T
 * @param {string} file
 * @returns {Promise<T>} its exports
 */
async function instance(file) {
  const module = new WebAssembly.Module(await compileAssemblyScript(file, true));
  return /** @type {T} */ (/** @type {unknown} */ (new WebAssembly.Instance(module).exports));
}

/**
 * @param {(turns: number) => void} loop
 * @param {number} steps of a turn
 * @returns a run of some microseconds: nanoseconds a step
 */
function runOf(loop, steps) {
  for (let i = 0; i < WARM_UP; i++) loop(1);
  /** @param {number} turns */
  const time = (turns) => {
    const start = performance.now();
    loop(turns);
    return (performance.now() - start) * 1e6;
  };
  let turns = 1;
  while (Math.min(time(turns), time(turns), time(turns)) < RUN) turns *= 2;
  return () => time(turns) / turns / steps;
}

/**
 * What assembly/fwht.ts does for eight vectors: passes of three stages load and store them once; the last pass has five stages, loads some
 * twice over in place of shuffles, and stores in between.
 */
const [VECTORS, LAST_STAGES, LAST_STORES] = [8, 5, 16];

/** @returns {Promise<{ additions: () => number, transform: (n: number) => number }>} nanoseconds of an addition, and of a transform at least */
export async function wasmLimits() {
  const { add, ADDITIONS } = /** @type {Additions} */ (await instance("benchmarks/wasm/additions.ts"));
  const stages = /** @type {Stages} */ (await instance("benchmarks/wasm/stages.ts"));
  const additions = runOf(add, ADDITIONS.value);
  const last = runOf(stages.last, stages.VECTORS.value);
  const copied = runOf(stages.copy, stages.COPIED.value);
  return {
    additions,
    transform(n) {
      const vectors = n / 4;
      const before = Math.log2(n) - LAST_STAGES;
      const pipes = vectors * last() + n * before * additions();
      const stores = vectors * (Math.ceil(before / 3) + LAST_STORES / VECTORS);
      return Math.max(pipes, stores * copied());
    },
  };
}
