// Random rotations against the transform of the same length, and against a dense matrix in plain JavaScript.
import { fwht, rotation } from "../product.js";
import { duration } from "../report.js";
import { allocated } from "../rows.js";
import { byTurns, median, ratio, repeated } from "../timing.js";
import { judge, worst } from "./row.js";

/** @import { Settings } from "./index.js" */
/** @import { Row, MissingRow } from "./row.js" */

const ORDERS = [768, 1024, 4096];
/** Undone, the signs come last and in a pass of their own. */
const AT_MOST = { apply: 1.35, invert: 1.5 };
const DENSE_LENGTH = 1024;
const AT_LEAST = 100;
/** Nanoseconds of a run. */
const RUN = 20_000;

/** @param {number} n */
const rowOf = (n) => /** @type {Float32Array} */ (allocated("float32", n));

/**
 * Throws unless y is x rotated: of the same norm, and x again when that is undone.
 * @param {string} what
 * @param {Float32Array} x
 * @param {Float32Array} y
 * @param {(y: Float32Array) => Float32Array} undo
 */
function checkRotation(what, x, y, undo) {
  const norm = Math.hypot(...x);
  const back = undo(y.slice());
  const error = Math.hypot(...back.map((value, i) => value - x[i]));
  if (!(Math.abs(Math.hypot(...y) / norm - 1) < 4e-6 && error < 4e-6 * norm)) {
    throw new Error(`${what} is no rotation: error ${error}, norm ${Math.hypot(...y)} of ${norm}`);
  }
}

/**
 * The two directions of a bound call, by that of the transform without a scale. All rows are zeros when they are timed: unlike other rows
 * they may be transformed without end.
 * @param {number} n
 * @param {number} milliseconds
 */
function measureOrder(n, milliseconds) {
  const r = rotation({ length: n, seed: 1 });
  const [x, y, z] = [rowOf(n), rowOf(n), rowOf(n)];
  const [apply, invert] = [r.plan(x), r.plan(y, { inverse: true })];
  const before = x.slice();
  apply();
  checkRotation(`rotation n=${n}`, before, x, r.invert);
  for (const array of [x, y, z]) array.fill(0);
  const samples = byTurns(
    {
      apply: repeated(apply, RUN),
      invert: repeated(invert, RUN),
      transform: repeated(fwht.plan(z), RUN),
    },
    milliseconds,
  );
  return {
    n,
    nanoseconds: median(samples.apply),
    apply: ratio(samples.apply, samples.transform),
    invert: ratio(samples.invert, samples.transform),
  };
}

/**
 * One row by one row of the same rotation as a dense matrix: a loop over Float32Arrays, as a program without this package has it.
 * @param {number} milliseconds
 */
function measureDense(milliseconds) {
  const n = DENSE_LENGTH;
  const r = rotation({ length: n, seed: 1 });
  // Column j is the rotated unit vector j; the rows of its transpose are what apply takes.
  const transposed = new Float32Array(n * n);
  for (let j = 0; j < n; j++) transposed[j * n + j] = 1;
  r.apply(transposed);
  const matrix = transposed.map((_, k) => transposed[(k % n) * n + Math.floor(k / n)]);
  const x = rowOf(n);
  const out = new Float32Array(n);
  const dense = () => {
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += matrix[i * n + j] * x[j];
      out[i] = sum;
    }
  };
  dense();
  checkRotation("a dense rotation", x, out, r.invert);
  const row = rowOf(n).fill(0);
  return byTurns(
    { rotation: repeated(() => void r.apply(row), RUN), dense: repeated(dense, RUN) },
    4 * milliseconds,
  );
}

/**
 * @param {Settings} settings
 * @returns {(Row | MissingRow)[]}
 */
export function rotationRows({ milliseconds }) {
  const sizes = ORDERS.map((n) => measureOrder(n, milliseconds));
  const dense = measureDense(milliseconds);
  const value = ratio(dense.dense, dense.rotation);
  const lengths = ORDERS.map((n) => n.toLocaleString("en")).join(", ");
  /** @type {(what: string, direction: "apply" | "invert") => Row | MissingRow} */
  const bound = (what, direction) => ({
    what: `${what} of ${lengths}, bound, by fwht.plan`,
    target: `≤ ${AT_MOST[direction].toFixed(2)} of its time`,
    ...worst(sizes, (size) => size[direction], { atMost: AT_MOST[direction] }),
  });
  return [
    bound("rotation", "apply"),
    bound("rotation undone", "invert"),
    {
      what: `rotation of one row of ${DENSE_LENGTH.toLocaleString("en")}, r.apply(x), by a dense one in plain JavaScript`,
      target: `≥ ${AT_LEAST} × as fast`,
      unit: "×",
      ...judge(value, { atLeast: AT_LEAST }),
      measured: `${duration(median(dense.rotation))}, dense ${duration(median(dense.dense))}`,
    },
  ];
}
