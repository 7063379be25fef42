// A head that is made for one row, against one that is kept.
import { label } from "../backends.js";
import { normal } from "../data.js";
import { check, largestOf, logit } from "../exact.js";
import { FixedClassifier } from "../product.js";
import { duration } from "../report.js";
import { byTurns, median, ratio, repeated, warmUp } from "../timing.js";
import { judge } from "./row.js";

/** @import { Backend } from "../product.js" */
/** @import { Settings } from "./index.js" */
/** @import { Row } from "./row.js" */

const SHAPE = { features: 512, classes: 100 };
/** Nanoseconds: long enough for collections of young objects to come, which belong to the time of a head. */
const RUN = 5_000_000;
/** The backends that are asked, and by how many calls of a head that is kept a new one may take as long. */
const AT_MOST = { native: 15, wasm: 20 };

/**
 * @param {Settings} settings
 * @returns {Row[]}
 */
export function newHeadRows({ backends, milliseconds }) {
  return Object.entries(AT_MOST).flatMap(([name, atMost]) => {
    const best = backends.find((backend) => backend.name === name);
    return best === undefined ? [] : [newHeadRow(best, atMost, milliseconds)];
  });
}

/**
 * @param {Backend} backend
 * @param {number} atMost
 * @param {number} milliseconds
 * @returns {Row}
 */
function newHeadRow(backend, atMost, milliseconds) {
  const { features, classes } = SHAPE;
  const x = normal(features);
  const out = new Float32Array(classes);
  const kept = new FixedClassifier({ features, classes, backend });
  const contenders = {
    fresh: () => new FixedClassifier({ features, classes, backend }).forward(x, { out }),
    kept: () => kept.forward(x, { out }),
  };
  const exact = Float64Array.from({ length: classes }, (_, c) => logit(x, kept, c));
  for (const run of Object.values(contenders)) {
    out.fill(Number.NaN);
    check(`new head, ${label(backend)}`, run(), (c) => exact[c], largestOf(exact));
    warmUp(run);
  }
  const samples = byTurns(
    { fresh: repeated(contenders.fresh, RUN), kept: repeated(contenders.kept, RUN) },
    4 * milliseconds,
  );
  return {
    what: `one row ${features}→${classes} through a new head, ${label(backend)}, by a head that is kept`,
    target: `≤ ${atMost} of its calls`,
    unit: "×",
    ...judge(ratio(samples.fresh, samples.kept), { atMost }),
    measured: `${duration(median(samples.fresh))} by ${duration(median(samples.kept))}`,
  };
}
