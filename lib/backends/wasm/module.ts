/** Where a module of WebAssembly comes from: the text of the sources, or a file that the runtime has compiled. */

import { bytesFromText } from "./text.js";

export interface ModuleSource {
  /** Whether this engine runs it. */
  isPossible(): boolean;
  /** The module, compiled once for any number of backends. */
  module(): WebAssembly.Module;
}

/** A module whose bytes are in the sources. */
export function inlined(text: string): ModuleSource {
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  let module: WebAssembly.Module | undefined;
  const decoded = () => {
    bytes ??= bytesFromText(text);
    return bytes;
  };
  return {
    isPossible: () => WebAssembly.validate(decoded()),
    module() {
      module ??= new WebAssembly.Module(decoded());
      return module;
    },
  };
}

/** A module that was imported as a file: where nothing is compiled from bytes. */
export const imported = (module: WebAssembly.Module): ModuleSource => ({
  isPossible: () => true,
  module: () => module,
});
