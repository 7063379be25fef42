/**
 * Fletcher's checksum of a file, by WebAssembly: to load node:zlib, which has a CRC, takes longer than everything else that is done before
 * an addon is loaded.
 */

import { bytesFromBase64 } from "../wasm/base64.js";
import { CHECKSUM } from "../wasm/binary.js";

/** What assembly/checksum.ts exports. */
export interface Checksum {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly sum: { readonly value: number };
  readonly sums: { readonly value: number };
  update(from: number, to: number): void;
}

const PAGE = 2 ** 16;
const WORD = Uint32Array.BYTES_PER_ELEMENT;
/** Bytes of the four words that are added in a turn. */
const TURN = 4 * WORD;

/**
 * The checksum of what is read, filled up with zeros to a multiple of 16 bytes, as eight bytes in hexadecimal.
 *
 * @param read fills an array from its beginning, and returns how many bytes there were: 0 at the end
 */
export function checksum(read: (into: Uint8Array) => number): string {
  const [module, start] = withPage();
  const page = new Uint8Array(module.memory.buffer, start, PAGE);
  for (let length = 1; length > 0; ) {
    let end = 0;
    do {
      length = read(page.subarray(end));
      end += length;
    } while (length > 0 && end < PAGE);
    page.fill(0, end);
    module.update(start, start + Math.ceil(end / TURN) * TURN);
  }
  return [module.sum, module.sums].map(({ value }) => hex(value)).join("");
}

const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, "0");

/** A module, and where a page of its memory begins. */
function withPage(): [Checksum, number] {
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytesFromBase64(CHECKSUM)));
    const module = exports as unknown as Checksum;
    return [module, module.memory.grow(1) * PAGE];
  } catch {
    return [plain(), 0];
  }
}

/** For a process without WebAssembly (--jitless) or memory for it: some 0.1 s an addon. */
export function plain(): Checksum {
  const buffer = new ArrayBuffer(PAGE);
  const words = new Uint32Array(buffer);
  const sum = { value: 0 };
  const sums = { value: 0 };
  return {
    memory: { buffer, grow: () => 0 },
    sum,
    sums,
    update(from, to) {
      for (let i = from / WORD; i < to / WORD; i++) {
        sum.value = (sum.value + (words[i] as number)) | 0;
        sums.value = (sums.value + sum.value) | 0;
      }
    },
  };
}
