// A dense layer as a product code whose best classes are scored again by the layer's own vectors.
import { fileURLToPath } from "node:url";
import { inOwnProcess } from "../child.js";
import { duration } from "../report.js";
import { judge } from "./row.js";

/** @import { Reranked } from "../peers/reranked.js" */
/** @import { Settings } from "./index.js" */
/** @import { Row } from "./row.js" */

const MEASURE = fileURLToPath(new URL("../peers/reranked.js", import.meta.url));

/** Rows are class vectors with noise of two and a half times their length. */
const CASE = {
  ...{ features: 512, classes: 100_000, groups: 1000 },
  ...{ rows: 2048, noise: 2.5 },
  ...{ width: 8, stages: 3, candidates: 16 },
};
/** @typedef {typeof CASE & { milliseconds: number }} RerankedSettings */

/**
 * @param {Settings} settings
 * @returns {Promise<Row[]>}
 */
export async function rerankedRows({ milliseconds }) {
  const env = { ...process.env, FIXED_CLASSIFIER_THREADS: "1" };
  const settings = { ...CASE, milliseconds: 20 * milliseconds };
  /** @type {Reranked} */
  const { rows, accurate, byCode, reranked, own, peer } = await inOwnProcess(MEASURE, { settings, env });
  const { features, classes, width, stages, candidates, noise } = CASE;
  const percent = (/** @type {number} */ count) => (100 * count) / rows;
  const what =
    `topK(1) ${features}→${classes.toLocaleString("en")} of a product code, width ${width}, ${stages} stages, ` +
    `the best ${candidates} scored again`;
  return [
    {
      what: `${what}: best class as of the dense layer, of ${rows.toLocaleString("en")} rows with ${noise} times as much noise`,
      target: "≥ 99.9 %",
      unit: "%",
      ...judge(percent(reranked), { atLeast: 99.9 }),
      measured: `${percent(byCode).toFixed(2)} % by the code; the dense layer is right for ${percent(accurate).toFixed(1)} %`,
    },
    {
      what: `${what}, 1 row, against onnxruntime-node`,
      target: "≥ 5×",
      unit: "×",
      ...judge(peer / own, { atLeast: 5 }),
      measured: `${duration(own)} by ${duration(peer)}`,
    },
  ];
}
