// The kernels alone, on aligned rows, against the limit that is measured beside each run.
import { aligned, checkTransform } from "../rows.js";
import { range, worst } from "./row.js";

/** All sizes of every instruction set for float32, and of the best one for the other types. */
export function measureKernels({ addon, instructionSets, milliseconds, exponents }) {
  const series = [
    ...instructionSets.map((instructionSet) => ({ instructionSet, type: "float32" })),
    { instructionSet: instructionSets[0], type: "float64" },
    { instructionSet: instructionSets[0], type: "int32" },
  ];
  return series.flatMap(({ instructionSet, type }) =>
    exponents.map((m) => {
      const x = aligned(addon, type, 2 ** m);
      checkTransform(`kernel ${instructionSet} ${type} n=${x.length}`, x, () =>
        addon.transform(instructionSet, x),
      );
      return { instructionSet, type, m, n: x.length, ...addon.time(instructionSet, x, milliseconds * 1e6) };
    }),
  );
}

export function kernelRows(kernels, best) {
  const of = (instructionSet, type, from, to) =>
    kernels.filter((k) => k.instructionSet === instructionSet && k.type === type && k.m >= from && k.m <= to);
  const limited = (what, [instructionSet, type, from, to], target) => ({
    what: `${what}, ${range(from, to)}`,
    target: `≥ ${target.toFixed(2)} of the limit`,
    ...worst(of(instructionSet, type, from, to), ({ fraction }) => fraction, { atLeast: target }),
  });
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
