import type { InputTensor } from "../inference/request.js";

/** Numbers of eight bytes are read in place where they begin at a multiple of eight. */
const ALIGNMENT = 8;

/** Up to so many bytes of an input are moved. */
const LENT = 2 ** 16;

let lent = Buffer.allocUnsafeSlow(LENT);
let used = 0;

/**
 * Inputs whose raw contents lie aligned, as they hardly ever do behind the names in a message. They are moved into memory that is used again
 * and again, as to allocate for each request costs more than to compute a row: who needs them longer than until the next request calls
 * `keepAligned`.
 */
export function aligned(inputs: readonly InputTensor[]): readonly InputTensor[] {
  used = 0;
  return inputs.map((input) => {
    const { contents } = input;
    if (!(contents instanceof Uint8Array) || contents.byteOffset % ALIGNMENT === 0) return input;
    const { length } = contents;
    if (length > LENT) return input;
    if (used + length > lent.length) {
      lent = Buffer.allocUnsafeSlow(LENT);
      used = 0;
    }
    const moved = lent.subarray(used, used + length);
    moved.set(contents);
    used += Math.ceil(length / ALIGNMENT) * ALIGNMENT;
    return { ...input, contents: moved };
  });
}

/** What was moved last belongs to its request; the next gets other memory. */
export function keepAligned(): void {
  lent = lent.subarray(used);
  used = 0;
}
