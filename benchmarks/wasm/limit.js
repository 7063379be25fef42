// The limit of the core inside WebAssembly.
import { compileAssemblyScript } from "../../scripts/assembly-script.js";

/** Calls after which every engine has compiled the function for speed. */
const WARM_UP = 20_000;
const TURNS = 1000;

/** @typedef {{ add(turns: number): void, ADDITIONS: WebAssembly.Global }} Limit */

/** @returns {Promise<() => number>} a run of some microseconds: how many additions of float32 the core does in a second */
export async function wasmLimit() {
  const module = new WebAssembly.Module(await compileAssemblyScript("benchmarks/wasm/additions.ts", true));
  const { exports } = new WebAssembly.Instance(module);
  const { add, ADDITIONS } = /** @type {Limit} */ (/** @type {unknown} */ (exports));
  const additions = TURNS * ADDITIONS.value;
  for (let i = 0; i < WARM_UP; i++) add(1);
  return () => {
    const start = performance.now();
    add(TURNS);
    return additions / ((performance.now() - start) / 1e3);
  };
}
