// Columns and both axes of n × n against the rows of the same array.
import { check, transformEntry } from "../exact.js";
import { fwht } from "../product.js";
import { checkTransform, transforms, values } from "../rows.js";
import { byTurns, median, ratio } from "../timing.js";
import { worst } from "./row.js";

/** @import { Settings } from "./index.js" */
/** @import { MissingRow, Row } from "./row.js" */

const EXPONENTS = [6, 7, 8, 9, 10, 11, 12];
const QUICK = [6, 8, 10];
const TARGET = { columns: 1.5, both: 2.5 };

/**
 * Throws unless the columns of x become what the definition says.
 * @param {import("../product.js").TransformArray} x
 * @param {number} n
 * @param {() => void} transform
 */
function checkColumns(x, n, transform) {
  const before = x.slice();
  transform();
  /** @param {number} i */
  const exact = (i) => {
    const column = Float64Array.from({ length: n }, (_, r) => before[r * n + (i % n)]);
    return transformEntry(column, Math.floor(i / n)) * Math.sqrt(n);
  };
  check(`columns of ${n} × ${n}`, x, exact, Math.max(...x.subarray(0, 1000).map(Math.abs)));
  x.set(before);
}

/** @param {Settings} settings */
export function measureAxes({ milliseconds, quick }) {
  return (quick ? QUICK : EXPONENTS).map((m) => {
    const n = 2 ** m;
    const x = values("float32", n * n);
    const shape = [n, n];
    const rows = fwht.plan(x, { rowLength: n });
    const columns = fwht.plan(x, { shape, axes: [0] });
    const both = fwht.plan(x, { shape });
    checkTransform(`rows of ${n} × ${n}`, x, rows, { rowLength: n });
    checkColumns(x, n, columns);
    const samples = byTurns(
      {
        rows: transforms("float32", x, rows, n),
        columns: transforms("float32", x, columns, n),
        both: transforms("float32", x, both, n * n),
      },
      milliseconds,
    );
    return {
      n,
      nanosecondsOfRows: median(samples.rows),
      columns: { n, nanoseconds: median(samples.columns), value: ratio(samples.columns, samples.rows) },
      both: { n, nanoseconds: median(samples.both), value: ratio(samples.both, samples.rows) },
    };
  });
}

/**
 * @param {ReturnType<typeof measureAxes>} measured
 * @returns {(Row | MissingRow)[]}
 */
export function axesRows(measured) {
  /** @type {(what: string, name: "columns" | "both") => Row | MissingRow} */
  const row = (what, name) => ({
    what: `FWHT float32, ${what} of n × n by its rows`,
    target: `≤ ${TARGET[name].toFixed(2)} of their time`,
    ...worst(
      measured.map((size) => size[name]),
      ({ value }) => value,
      { atMost: TARGET[name] },
    ),
  });
  return [row("the columns", "columns"), row("both axes", "both")];
}
