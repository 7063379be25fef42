// The transform as JavaScript calls it.
import { fwht } from "../product.js";
import { duration } from "../report.js";
import { aligned, allocated, checkTransform, hasAllocate, values, zeros } from "../rows.js";
import { byTurns, median, ratio } from "../timing.js";
import { boundOf } from "./kernels.js";
import { judge, range, worst } from "./row.js";

/** @import { TransformArray } from "../product.js" */
/** @import { NativeSettings } from "./index.js" */
/** @import { MissingRow, Row } from "./row.js" */

/** @typedef {ReturnType<typeof measureBound>[number]} Bound */

const OVERHEAD_SIZE = 2 ** 8;

const ARRAY = hasAllocate ? "allocate()" : "plain array";

/**
 * `fwht.plan` on the array that the package allocates.
 * @param {NativeSettings} settings
 */
export function measureBound({ addon, instructionSets: [best], milliseconds, exponents }) {
  return exponents.map((m) => {
    const n = 2 ** m;
    const x = allocated("float32", n);
    const transform = fwht.plan(x);
    checkTransform(`fwht.plan n=${n}`, x, transform);
    const kernel = aligned(addon, "float32", n);
    const { call, least } = byTurns(
      { call: zeros(x, transform), least: () => boundOf(addon.time(best, kernel, n, 20_000).bounds)[1] },
      milliseconds,
    );
    const fraction = median(call.map((time, i) => least[i] / time));
    return { m, n, nanoseconds: median(call), limit: ((n * m) / median(least)) * 1e9, fraction };
  });
}

/**
 * What a call costs beyond its kernel on the same array.
 * @param {string} what
 * @param {NativeSettings} settings
 * @param {TransformArray} x
 * @param {() => void} transform
 * @param {number} atMost nanoseconds
 * @returns {Row}
 */
function overhead(what, { addon, instructionSets: [best], milliseconds }, x, transform, atMost) {
  checkTransform(what, x, transform);
  const { call, kernel } = byTurns(
    {
      call: zeros(x, transform),
      kernel: () => addon.time(best, x, x.length, 20_000).nanoseconds,
    },
    4 * milliseconds,
  );
  const value = median(call.map((time, i) => time - kernel[i]));
  return {
    what: `${what}, beyond the kernel, ${range(Math.log2(x.length), Math.log2(x.length))}`,
    target: `≤ ${atMost} ns a call`,
    unit: "ns",
    ...judge(value, { atMost }),
    ratioToTarget: value / atMost,
    measured: `${duration(median(call))}, kernel ${duration(median(kernel))}, ${ratio(call, kernel).toFixed(2)}×`,
  };
}

/**
 * @param {Bound[]} bound
 * @param {NativeSettings} settings
 */
export function callRows(bound, settings) {
  /** @type {(from: number, to: number, target: number) => Row | MissingRow} */
  const limited = (from, to, target) => ({
    what: `FWHT float32 bound call (${ARRAY}), ${range(from, to)}`,
    target: `≥ ${target.toFixed(2)} of the limit`,
    ...worst(
      bound.filter(({ m }) => m >= from && m <= to),
      ({ fraction }) => fraction,
      { atLeast: target },
    ),
  });
  const own = allocated("float32", OVERHEAD_SIZE);
  const plain = values("float32", OVERHEAD_SIZE);
  return [
    limited(10, 10, 0.85),
    limited(12, 16, 0.95),
    overhead(`bound call (${ARRAY})`, settings, own, fwht.plan(own), 40),
    overhead("fwht(x) on a plain Float32Array", settings, plain, () => fwht(plain), 110),
  ];
}
