// The kernels alone, on aligned rows, against the limit that is measured beside each run.
import { aligned, checkTransform } from "../rows.js";
import { range, worst } from "./row.js";

/** @import { ElementType } from "../product.js" */
/** @import { NativeSettings } from "./index.js" */
/** @import { MissingRow, Row } from "./row.js" */

/** @typedef {ReturnType<typeof measureKernels>[number]} Kernel */

/**
 * All sizes of every instruction set for float32, and of the best one for the other types.
 * @param {NativeSettings} settings
 */
export function measureKernels({ addon, instructionSets, milliseconds, exponents }) {
  /**
   * @param {string} instructionSet
   * @param {ElementType} type
   */
  const ofAllSizes = (instructionSet, type) =>
    exponents.map((m) => {
      const x = aligned(addon, type, 2 ** m);
      checkTransform(`kernel ${instructionSet} ${type} n=${x.length}`, x, () =>
        addon.transform(instructionSet, x),
      );
      return { instructionSet, type, m, n: x.length, ...addon.time(instructionSet, x, milliseconds * 1e6) };
    });
  const [best] = instructionSets;
  return [
    ...instructionSets.flatMap((instructionSet) => ofAllSizes(instructionSet, "float32")),
    ...ofAllSizes(best, "float64"),
    ...ofAllSizes(best, "int32"),
  ];
}

/**
 * @param {Kernel[]} kernels
 * @param {string} best instruction set
 * @returns {(Row | MissingRow)[]}
 */
export function kernelRows(kernels, best) {
  /** @type {(instructionSet: string, type: ElementType, from: number, to: number) => Kernel[]} */
  const of = (instructionSet, type, from, to) =>
    kernels.filter((k) => k.instructionSet === instructionSet && k.type === type && k.m >= from && k.m <= to);
  /** @type {(what: string, which: Parameters<typeof of>, target: number) => Row | MissingRow} */
  const limited = (what, which, target) => ({
    what: `${what}, ${range(which[2], which[3])}`,
    target: `≥ ${target.toFixed(2)} of the limit`,
    ...worst(of(...which), ({ fraction }) => fraction, { atLeast: target }),
  });
  /** @type {(type: ElementType, bytes: number) => Row | MissingRow} */
  const perByte = (type, bytes) => {
    const times = of(best, type, 8, 15).map((k) => {
      const float32 = of(best, "float32", k.m, k.m)[0];
      return { ...k, perByte: k.nanoseconds / bytes / (float32.nanoseconds / 4) };
    });
    return {
      what: `FWHT ${type} kernel by float32, time per byte, ${range(8, 15)}`,
      target: "≤ 1.00",
      ...worst(times, ({ perByte }) => perByte, { atMost: 1 }),
    };
  };
  return [
    limited("FWHT float32 kernel", [best, "float32", 8, 16], 1),
    limited("FWHT float32 kernel", [best, "float32", 17, 20], 0.9),
    limited("FWHT float64 kernel", [best, "float64", 8, 15], 0.9),
    perByte("float64", 8),
    limited("FWHT int32 kernel", [best, "int32", 8, 15], 0.9),
    perByte("int32", 4),
    limited("FWHT float32 kernel, AVX2", ["avx2", "float32", 8, 14], 0.75),
  ];
}
