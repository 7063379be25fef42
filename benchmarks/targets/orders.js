// Rows of b·2^m elements against rows of the nearest power of two.
import { plainTable } from "../exact.js";
import { FixedClassifier, fwht } from "../product.js";
import { allocated, checkTransform, transforms } from "../rows.js";
import { byTurns, median, ratio } from "../timing.js";
import { worst } from "./row.js";

/** @import { Settings } from "./index.js" */
/** @import { MissingRow, Row } from "./row.js" */

const FACTOR_ORDERS = [12, 20, 28];
const [SHORTEST, LONGEST] = [2 ** 8, 2 ** 14];
const TARGET = 2;
/** Elements of a batch: rows of all lengths are in the same cache, and the call counts little for the short ones too. */
const BATCH = LONGEST;

/**
 * B, as the kernel gets it: the class codes have it in their tables.
 * @param {number} n
 */
const matrixOf = (n) => plainTable(new FixedClassifier({ features: n, classes: 2 }).code.table);

/**
 * A batch of rows.
 * @param {number} n
 * @returns a function: nanoseconds for one element
 */
function batchOf(n) {
  const x = allocated("float32", n * Math.floor(BATCH / n));
  const transform = fwht.plan(x, { rowLength: n });
  checkTransform(`fwht n=${n}`, x, transform, { rowLength: n, matrix: matrixOf(n) });
  const run = transforms("float32", x, transform, n);
  return () => run() / x.length;
}

/**
 * @param {number} factorOrder
 * @param {number} longest
 */
const orders = (factorOrder, longest) =>
  Array.from({ length: Math.log2(longest) }, (_, m) => factorOrder * 2 ** m).filter(
    (n) => n > SHORTEST && n < longest,
  );

/** @param {Settings} settings */
export function measureOrders({ milliseconds, quick }) {
  return FACTOR_ORDERS.flatMap((factorOrder) =>
    orders(factorOrder, quick ? 4 * SHORTEST : LONGEST).map((n) => {
      const power = 2 ** Math.round(Math.log2(n));
      const samples = byTurns({ order: batchOf(n), power: batchOf(power) }, milliseconds);
      return {
        factorOrder,
        n,
        power,
        nanoseconds: median(samples.order) * n,
        nanosecondsOfPower: median(samples.power) * power,
        value: ratio(samples.order, samples.power),
      };
    }),
  );
}

/**
 * @param {ReturnType<typeof measureOrders>} measured
 * @returns {(Row | MissingRow)[]}
 */
export function orderRows(measured) {
  return FACTOR_ORDERS.map((factorOrder) => {
    const sizes = measured.filter((size) => size.factorOrder === factorOrder);
    const [first, last] = [sizes[0], sizes[sizes.length - 1]].map(({ n }) => n.toLocaleString("en"));
    return {
      what: `FWHT float32, n = ${factorOrder}·2^m, ${first} … ${last}, an element by the nearest 2^m`,
      target: `≤ ${TARGET.toFixed(2)} of its time`,
      ...worst(sizes, ({ value }) => value, { atMost: TARGET }),
    };
  });
}
