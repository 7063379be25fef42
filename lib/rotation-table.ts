import { factorOf, knownOrder } from "./hadamard/orders.js";
import { randomStream } from "./random.js";
import { masksOfRound, maskWords, type RotationTable } from "./table.js";

export const MAX_SEED = 2 ** 32 - 1;

/** No class code draws from the streams of a seed from here on: the masks of a head never are those of a rotation. */
const FIRST_STREAM = 2 ** 31;

/** What the kernels of a rotation get: a transform of the length, or two that overlap and are the largest power of two. */
export function rotationTable(length: number, seed: number, rounds: number): RotationTable {
  const known = knownOrder(length);
  const order = known === null ? 2 ** Math.floor(Math.log2(length)) : length;
  const factor = known === null ? null : factorOf(known);
  const words = masksOfRound({ length, order }) * maskWords(order);
  const masks = new Uint32Array(rounds * words);
  for (let r = 0; r < rounds; r++) {
    const next = randomStream(seed, FIRST_STREAM + r);
    for (let w = 0; w < words; w++) masks[r * words + w] = next();
  }
  return { length, order, factor, rounds, masks };
}
