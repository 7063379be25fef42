import type { KroneckerFactor } from "../../hadamard/factor.js";
import type { BackendFactory } from "../backend.js";
import { withDenseFallback } from "../fallback.js";
import { type HeldFactor, loadAddon } from "./addon.js";
import { createHead } from "./head.js";

/** The C++ addon, with the kernels of the instruction sets that this CPU runs. */
export const native: BackendFactory = {
  instructionSets: () => loadAddon().instructionSets,

  create(instructionSet, { threads }) {
    const { availableThreads, create, misalignment, run, runForward } = loadAddon();
    const kernels = create(instructionSet, threads ?? availableThreads);
    const factors = new WeakMap<KroneckerFactor, HeldFactor>();
    const held = (factor: KroneckerFactor | null): HeldFactor | undefined => {
      if (factor === null) return undefined;
      let matrix = factors.get(factor);
      if (matrix === undefined) {
        matrix = kernels.factor(factor.order, factor.signs);
        factors.set(factor, matrix);
      }
      return matrix;
    };
    return withDenseFallback({
      name: "native",
      instructionSet,
      fwht(x, rowLength, multiplier, factor) {
        if (rowLength === x.length && multiplier === 1 && factor === null) kernels.fwht(x);
        else kernels.fwht(x, rowLength, multiplier, held(factor));
      },
      plan(x, rowLength, multiplier, factor) {
        const plan = kernels.plan(x, rowLength, multiplier, held(factor));
        return () => run(plan);
      },
      head: (table) => createHead(kernels, runForward, table),
      decode(x, type, out) {
        if (type === "int8") kernels.decodeInt8(x as Int8Array, out);
        else if (type === "float16") kernels.decodeFloat16(x as Uint16Array, out);
        else kernels.decodeBfloat16(x as Uint16Array, out);
      },
      misalignment,
    });
  },
};
