// Features of half and quarter the bytes against float32.
import { normal } from "../data.js";
import { check, largestOf, logit } from "../exact.js";
import { FixedClassifier } from "../product.js";
import { duration } from "../report.js";
import { byTurns, median, ratio, repeated } from "../timing.js";
import { judge } from "./row.js";

/** @import { Settings } from "./index.js" */
/** @import { Row } from "./row.js" */

const SHAPE = { features: 2048, classes: 1000 };
const ROWS = 64;
/** Nanoseconds. */
const RUN = 500_000;
const AT_MOST = 1;

/** Numbers that all types have: integers up to 127, of which bfloat16 keeps the first eight bits. */
function batches() {
  const float32 = normal(ROWS * SHAPE.features).map((v) => Math.max(-127, Math.min(127, Math.round(40 * v))));
  const bits = new Uint32Array(float32.buffer);
  return {
    float32,
    // A float16 has ten bits of the fraction and an exponent that is biased by 15, where float32 has 127.
    float16: Uint16Array.from(bits, (b) =>
      b << 1 === 0 ? 0 : ((b >>> 16) & 0x8000) | (((b >>> 13) & 0x3ffff) - (112 << 10)),
    ),
    bfloat16: Uint16Array.from(bits, (b) => b >>> 16),
    int8: Int8Array.from(float32),
  };
}

/**
 * @param {Settings} settings
 * @returns {Row[]}
 */
export function featureRows({ milliseconds }) {
  const head = new FixedClassifier({ ...SHAPE });
  const { float32, float16, bfloat16, int8 } = batches();
  const out = new Float32Array(ROWS * SHAPE.classes);
  const forwards = {
    float32: () => head.forward(float32, { out }),
    float16: () => head.forward(float16, { out, type: "float16" }),
    bfloat16: () => head.forward(bfloat16, { out, type: "bfloat16" }),
    int8: () => head.forward(int8, { out }),
  };
  for (const [type, forward] of Object.entries(forwards)) {
    out.fill(Number.NaN);
    forward();
    /** @param {number} i */
    const exact = (i) => {
      const row = Math.floor(i / SHAPE.classes);
      return logit(
        float32.subarray(row * SHAPE.features, (row + 1) * SHAPE.features),
        head,
        i % SHAPE.classes,
      );
    };
    check(`forward of ${type}`, out, exact, largestOf(out));
  }
  const timed = Object.entries(forwards).map(([type, forward]) => [type, repeated(forward, RUN)]);
  const samples = byTurns(Object.fromEntries(timed), 8 * milliseconds);
  return Object.keys(forwards)
    .filter((type) => type !== "float32")
    .map((type) => ({
      what: `head forward ${SHAPE.features}→${SHAPE.classes}, ${ROWS} rows of ${type}, by float32`,
      target: `≤ ${AT_MOST.toFixed(2)} of its time`,
      ...judge(ratio(samples[type], samples.float32), { atMost: AT_MOST }),
      measured: `${duration(median(samples[type]))} by ${duration(median(samples.float32))}`,
    }));
}
