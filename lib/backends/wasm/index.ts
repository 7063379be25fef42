import type { BackendFactory } from "../backend.js";
import { decode } from "../js/decode.js";
import { encode } from "../js/encode.js";
import { Engine } from "./engine.js";
import { createTransform } from "./fwht.js";
import type { WasmEngine } from "./kernels.js";
import type { ModuleSource } from "./module.js";

/** The modules of a build of the package by their instruction sets, best first. */
export type Modules = Readonly<Record<string, ModuleSource>>;

/** WebAssembly, for where the addon does not load. It is compiled when the first backend is created, and synchronously. */
export function wasmBackend(modules: Modules): BackendFactory {
  let possible: readonly string[] | undefined;
  return {
    instructionSets() {
      if (typeof WebAssembly === "undefined") {
        throw new Error(
          'backend "wasm" needs WebAssembly, which this process does not have (node --jitless?)',
        );
      }
      if (new Uint8Array(Uint16Array.of(1).buffer)[0] !== 1) {
        throw new Error('backend "wasm" needs a little-endian machine: it shares memory with WebAssembly');
      }
      possible ??= Object.keys(modules).filter((name) => modules[name]?.isPossible());
      if (possible.length === 0) throw new Error('backend "wasm": this engine accepts none of its binaries');
      return possible;
    },

    open(instructionSet) {
      const engine = new Engine((modules[instructionSet] as ModuleSource).module());
      const transform = createTransform(engine);
      return {
        // Numbers of 16 bits would be made no faster in WebAssembly, since they are copied in and out.
        transform: { name: "wasm", instructionSet, ...transform, decode, encode },
        engine: { engine, fwht: transform.fwht } satisfies WasmEngine,
      };
    },
  };
}
