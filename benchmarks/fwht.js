import { label } from "./backends.js";
import { norm, normal } from "./data.js";
import { check, transformEntry } from "./exact.js";
import { fwht } from "./product.js";

/** @import { Case } from "./measure.js" */
/** @import { Backend } from "./product.js" */

const EXPONENTS = Array.from({ length: 17 }, (_, i) => i + 4);

/**
 * One row in place, by `fwht.plan`. The orthonormal scale keeps the length of the row, so that any number of calls in a row work
 * on ordinary numbers: without it they would overflow, with zeros or denormals they would measure something else.
 * @param {Backend[]} backends
 * @param {{ quick: boolean }} options
 * @returns {Case[]}
 */
export function fwhtCases(backends, { quick }) {
  const exponents = quick ? EXPONENTS.filter((m) => m % 4 === 0) : EXPONENTS;
  return exponents.map((m) => {
    const n = 2 ** m;
    return {
      suite: "fwht",
      title: `fwht, float32, n = ${n.toLocaleString("en")} (2^${m})`,
      parameters: { n },
      additions: n * m,
      variants: backends.map((backend) => ({ backend, prepare: () => prepare(backend, n) })),
    };
  });
}

/**
 * @param {Backend} backend
 * @param {number} n
 */
function prepare(backend, n) {
  const row = normal(n);
  const before = norm(row);
  const x = Float32Array.from(row);
  const transform = fwht.plan(x, { scale: "orthonormal", backend });
  transform();
  check(
    `fwht ${label(backend)} n=${n}`,
    x,
    (i) => transformEntry(row, i),
    Math.max(...x.slice(0, 1000).map(Math.abs)),
  );
  return {
    run: transform,
    // Rounding 1/√n moves the length by up to 2⁻²⁵ a call, hundreds of millions of times.
    verify() {
      const ratio = norm(x) / before;
      if (!(ratio > 1e-15 && ratio < 1e15))
        throw new Error(`fwht ${label(backend)} n=${n}: the row did not keep its length`);
    },
  };
}
