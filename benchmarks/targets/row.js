// Rows of the table: what, the measured time, the value that has a target, whether it is met, and the limit where there is one.
import { duration } from "../report.js";

/**
 * A row whose value is held against its target, if it has one, which is a fraction or a factor where there is no unit. Of a range of
 * sizes `spread` has the lowest and the highest value; `limit` is that of the machine, in additions per second, `bound` the port that
 * sets it, `ofAdditions`, `ofPorts` and `ofCaches` the fractions of what each alone allows.
 * @typedef {object} Row
 * @property {string} what
 * @property {string} target
 * @property {number} value
 * @property {boolean} [met]
 * @property {string} measured
 * @property {"ns" | "bytes" | "cosine" | "×" | "%"} [unit]
 * @property {number} [ratioToTarget]
 * @property {number[]} [spread]
 * @property {number} [limit]
 * @property {string} [bound]
 * @property {number} [ofAdditions]
 * @property {number} [ofPorts]
 * @property {number} [ofCaches]
 * @property {undefined} [missing]
 */

/**
 * A row without a value, and why.
 * @typedef {{ what: string, target: string, missing: string }} MissingRow
 */

/** @typedef {{ atLeast?: number, atMost?: number }} Bounds */
/** @typedef {{ limit?: number, bound?: string, ofAdditions?: number, ofPorts?: number, ofCaches?: number }} Limited */
/** @typedef {{ n: number, m?: number, nanoseconds: number } & Limited} Size */

/** @param {number} m */
const power = (m) => `2^${m}`;
/**
 * @param {number} from exponents of 2
 * @param {number} to
 */
export const range = (from, to) => (from === to ? `n = ${power(from)}` : `n = ${power(from)} … ${power(to)}`);

/**
 * A target for one number.
 * @param {number} value
 * @param {Bounds} bounds
 */
export function judge(value, { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY }) {
  return { value, met: value >= atLeast && value <= atMost };
}

/** @type {(size: Limited) => Limited} */
const limitOf = ({ limit, bound, ofAdditions, ofPorts, ofCaches }) => ({
  ...(limit !== undefined && { limit }),
  ...(bound !== undefined && { bound }),
  ...(ofAdditions !== undefined && { ofAdditions }),
  ...(ofPorts !== undefined && { ofPorts }),
  ...(ofCaches !== undefined && { ofCaches }),
});

/**
 * What has no target: the lowest of a range of sizes is shown.
 * @template {Size} T
 * @param {string} what
 * @param {T[]} sizes
 * @param {(size: T) => number} valueAt
 * @returns {Row | MissingRow}
 */
export function shown(what, sizes, valueAt) {
  const row = worst(sizes, valueAt, { atLeast: 0 });
  if (row.missing !== undefined) return { what, target: "", ...row };
  const { met, ...rest } = row;
  return { what, target: "", ...rest };
}

/**
 * A target that every size of a range must reach: the row shows the size that is farthest from it.
 * @template {Size} T
 * @param {T[]} sizes
 * @param {(size: T) => number} valueAt
 * @param {Bounds} bounds
 */
export function worst(sizes, valueAt, bounds) {
  if (sizes.length === 0) return { missing: "not measured" };
  const sorted = sizes.toSorted((a, b) => valueAt(a) - valueAt(b));
  const [first, last] = [sorted[0], sorted[sorted.length - 1]];
  const size = bounds.atMost === undefined ? first : last;
  return {
    ...judge(valueAt(size), bounds),
    measured: `${duration(size.nanoseconds)} at ${size.m === undefined ? size.n.toLocaleString("en") : power(size.m)}`,
    spread: [valueAt(first), valueAt(last)],
    ...limitOf(size),
  };
}
