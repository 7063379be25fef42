import type { Model } from "../models/model.js";
import type { Rows, Want } from "./compute.js";

/*
 * Nanoseconds, as 2048 → 1000 and 512 → 100,000 were measured on one core of a Zen 3. What they decide is whether to hand work over to a
 * thread, for which it is enough that they are right within a factor of two or three.
 */

/** An exponential, of every class. */
const EXPONENTIAL = 4;
/** To put one of the best classes into its place among the others, a place; to sort all, a comparison. */
const PLACE = 2;
const COMPARISON = 8;
/** The sum of the exponentials of a row, and one chosen class, as shares of what a row's logits cost: both grow with the blocks of the code. */
const SUM = 3;
const CHOSEN = 1 / 50;

/** What work is estimated to take on one core, in nanoseconds. Every output is a pass of its own. */
export function costOf(
  { rowCost, head: { classes } }: Pick<Model, "rowCost"> & { readonly head: { readonly classes: number } },
  { count }: Pick<Rows, "count">,
  wants: readonly Want[],
): number {
  let row = 0;
  for (const { of, k } of wants) {
    row += rowCost;
    if (k > 0) row += selection(classes, k);
    if (of === "probabilities") row += k > 0 ? rowCost * (SUM + k * CHOSEN) : classes * EXPONENTIAL;
  }
  return row * count;
}

/** The k best of a row's classes are kept in order while the others go by, or all are sorted, whichever is less. */
function selection(classes: number, k: number): number {
  const kept = Math.min(k, classes);
  const inserted = PLACE * kept * kept * (1 + Math.log(classes / kept));
  return Math.min(inserted, COMPARISON * classes * Math.log2(classes + 1));
}
