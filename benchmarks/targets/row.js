// Rows of the table: what, the measured time, the value that has a target, whether it is met, and the limit where there is one.
import { duration } from "../report.js";

const power = (m) => `2^${m}`;
export const range = (from, to) => (from === to ? `n = ${power(from)}` : `n = ${power(from)} … ${power(to)}`);

/** A target for one number. */
export function judge(value, { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY }) {
  return { value, met: value >= atLeast && value <= atMost };
}

/** A target that every size of a range must reach: the row shows the size that is farthest from it. */
export function worst(sizes, valueAt, bounds) {
  if (sizes.length === 0) return { missing: "not measured" };
  const sorted = sizes.toSorted((a, b) => valueAt(a) - valueAt(b));
  const size = bounds.atMost === undefined ? sorted[0] : sorted.at(-1);
  return {
    ...judge(valueAt(size), bounds),
    measured: `${duration(size.nanoseconds)} at ${size.m === undefined ? size.n.toLocaleString("en") : power(size.m)}`,
    spread: [valueAt(sorted[0]), valueAt(sorted.at(-1))],
    ...(size.limit === undefined ? {} : { limit: size.limit }),
  };
}
