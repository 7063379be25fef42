/** Every backend and instruction set against plain TypeScript on the same head, bit by bit. */

import { label, others, reference } from "./backends.js";
import { expectSameBits } from "./bits.js";
import { type HeadInput, runHead } from "./run-head.js";

export function compareHeads(input: HeadInput): void {
  const expected = runHead(reference, input);
  for (const backend of others) {
    const got = runHead(backend, input);
    for (const [name, values] of Object.entries(expected)) {
      expectSameBits(got[name] as typeof values, values, `${label(backend)}, ${name}`);
    }
  }
}

/** Ordinary values, where only the table matters. */
export const ordinary: Omit<HeadInput, "table"> = {
  rows: 3,
  kind: "normal",
  scale: 7,
  bias: "normal",
  gradient: "normal",
  k: 5,
  labelSmoothing: 0.1,
  rowWeight: 1 / 3,
  offset: 1,
  seed: 1,
};
