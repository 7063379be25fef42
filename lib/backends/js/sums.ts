/** Sums along a row: docs/numerics.md, "Sums along a row". */

/** Sums along a row run in this many interleaved lanes. */
export const LANES = 256;

/**
 * The fold of the lanes of a sum, by halves; leaves the lanes at +0 for the next sum. With `indices` below the number of lanes those from
 * there on are zero, and adding them changes nothing.
 */
export function foldLanes(lanes: Float32Array, indices: number): number {
  let used = LANES;
  while (used / 2 >= indices && used > 1) used /= 2;
  for (let w = used / 2; w >= 1; w /= 2) {
    for (let j = 0; j < w; j++) lanes[j] = (lanes[j] as number) + (lanes[j + w] as number);
  }
  const sum = lanes[0] as number;
  lanes.fill(0, 0, used);
  return sum;
}
