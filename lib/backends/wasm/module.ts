/** Where a module of WebAssembly comes from: the text of the sources, or a file that the runtime has compiled. */

export interface ModuleSource {
  /** Whether this engine has the instructions. */
  isPossible(): boolean;
  /** The module, compiled once for any number of backends. */
  module(): WebAssembly.Module;
}

/** The head of any module, and a function of two instructions that only an engine with SIMD has: i8x16.splat, i8x16.popcnt. */
const HEAD = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const SIMD = [1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0, 10, 10, 1, 8, 0, 0x41, 0, 0xfd, 15, 0xfd, 98, 11];

/**
 * A module whose bytes are in the sources. A probe tells whether it is possible, since to validate all of it takes as long as to compile it.
 *
 * @param bytes decodes it
 */
export function inlined(bytes: () => Uint8Array<ArrayBuffer>, simd: boolean): ModuleSource {
  let module: WebAssembly.Module | undefined;
  return {
    isPossible: () => WebAssembly.validate(Uint8Array.from(simd ? [...HEAD, ...SIMD] : HEAD)),
    module() {
      module ??= new WebAssembly.Module(bytes());
      return module;
    },
  };
}

/** A module that was imported as a file: where nothing is compiled from bytes. */
export const imported = (module: WebAssembly.Module): ModuleSource => ({
  isPossible: () => true,
  module: () => module,
});
