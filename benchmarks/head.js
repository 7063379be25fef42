import { label } from "./backends.js";
import { normal } from "./data.js";
import { check, logit } from "./exact.js";
import { needed } from "./needed.js";
import { FixedClassifier } from "./product.js";

/** @import { Case } from "./measure.js" */
/** @import { Backend } from "./product.js" */

const SHAPES = [
  { features: 512, classes: 100, rows: 1 },
  { features: 2048, classes: 1000, rows: 1 },
  { features: 2048, classes: 1000, rows: 64 },
];

/**
 * `forward` into an array that is reused, as a server calls it.
 * @param {Backend[]} backends
 * @returns {Case[]}
 */
export function headCases(backends) {
  return SHAPES.map((shape) => {
    const { features, classes, rows } = shape;
    return {
      suite: "head",
      title: `head forward, ${features} features → ${classes} classes, ${rows} ${rows === 1 ? "row" : "rows"}`,
      parameters: shape,
      variants: backends.map((backend) => ({ backend, prepare: () => prepare(backend, shape) })),
    };
  });
}

/**
 * @param {Backend} backend
 * @param {typeof SHAPES[number]} shape
 */
function prepare(backend, { features, classes, rows }) {
  const head = new FixedClassifier({ features, classes, backend });
  needed(head.bias, "bias").set(normal(classes, 2));
  const x = normal(rows * features);
  const out = new Float32Array(rows * classes);
  const run = () => head.forward(x, { out });
  const what = `head ${label(backend)} ${features}→${classes}`;
  const verify = () => {
    const largest = out.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    /** @param {number} i */
    const expected = (i) => {
      const row = Math.floor(i / classes);
      return logit(x.subarray(row * features, (row + 1) * features), head, i % classes);
    };
    check(what, out, expected, largest);
  };
  run();
  verify();
  return {
    run,
    // Wiped first, so that the calls measured are seen to have written all of it.
    verify() {
      out.fill(Number.NaN);
      run();
      verify();
    },
  };
}
