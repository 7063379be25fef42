import type { Backend } from "../backend.js";
import { withDenseFallback } from "../fallback.js";
import { decode } from "../js/decode.js";
import type { BackendOptions } from "../select.js";
import { bytesOf, Engine, INSTRUCTION_SETS, type InstructionSet, moduleOf } from "./engine.js";
import { createTransform } from "./fwht.js";
import { createHead } from "./head.js";

/** WebAssembly: for where the addon does not load. Compiled when the first backend is created, and synchronously. */
export function createWasmBackend(options: BackendOptions): Backend {
  if (typeof WebAssembly === "undefined") {
    throw new Error('backend "wasm" needs WebAssembly, which this process has not (node --jitless?)');
  }
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) {
    throw new Error('backend "wasm" needs a little-endian machine: it shares memory with WebAssembly');
  }
  const instructionSet = choose(options.instructionSet);
  const engine = new Engine(moduleOf(instructionSet));
  return withDenseFallback({
    name: "wasm",
    instructionSet,
    ...createTransform(engine),
    head: (table) => createHead(engine, table),
    decode, // no faster in WebAssembly, where the numbers would be copied in and out
  });
}

function choose(wanted: string | undefined): InstructionSet {
  const possible = INSTRUCTION_SETS.filter((name) => WebAssembly.validate(bytesOf(name)));
  const choice = wanted === undefined ? possible[0] : possible.find((name) => name === wanted);
  if (choice !== undefined) return choice;
  if (wanted === undefined) throw new Error('backend "wasm": this engine accepts none of its binaries');
  const choices = possible.map((name) => `"${name}"`).join(", ");
  throw new RangeError(`backend "wasm" has no instruction set "${wanted}" here, only ${choices}`);
}
