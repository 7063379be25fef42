import type { KroneckerFactor } from "../../hadamard/factor.js";
import type { BackendFactory, TableKernels, TransformBackend } from "../backend.js";
import type { Addon, Factor, Kernels } from "./addon.js";
import { NativeHead } from "./head.js";
import { loadAddon } from "./load.js";
import { warnOfLoss } from "./lost.js";
import { createRotation } from "./rotation.js";

/** The functions of the addon by instruction set and threads: they are made once, for they live as long as the process. */
const known = new Map<string, Kernels>();

function kernelsOf(create: Addon["create"], instructionSet: string, threads: number): Kernels {
  const key = `${instructionSet} ${threads}`;
  let kernels = known.get(key);
  if (kernels === undefined) {
    kernels = create(instructionSet, threads);
    known.set(key, kernels);
  }
  return kernels;
}

/** The C++ addon, with the kernels of the instruction sets that this CPU runs. */
export const native: BackendFactory = {
  instructionSets: () => loadAddon().instructionSets,
  replaced: warnOfLoss,

  open(instructionSet, { threads }) {
    const { availableThreads, create, misalignment, run, runForward, runRotation } = loadAddon();
    const kernels = kernelsOf(create, instructionSet, threads ?? availableThreads);
    const factors = new WeakMap<KroneckerFactor, Factor>();
    const held = (factor: KroneckerFactor | null): Factor | undefined => {
      if (factor === null) return undefined;
      let matrix = factors.get(factor);
      if (matrix === undefined) {
        matrix = kernels.factor(factor.order, factor.signs);
        factors.set(factor, matrix);
      }
      return matrix;
    };
    const transform: TransformBackend = {
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
      columns: (x, length, inner, multiplier, factor) =>
        kernels.columns(x, length, inner, multiplier, held(factor)),
      planColumns(x, length, inner, multiplier, factor) {
        const plan = kernels.planColumns(x, length, inner, multiplier, held(factor));
        return () => run(plan);
      },
      decode(x, type, out) {
        if (type === "int8") kernels.decodeInt8(x as Int8Array, out);
        else if (type === "float16") kernels.decodeFloat16(x as Uint16Array, out);
        else kernels.decodeBfloat16(x as Uint16Array, out);
      },
      encode(x, type, out) {
        if (type === "float16") kernels.encodeFloat16(x, out);
        else kernels.encodeBfloat16(x, out);
      },
      nearestRows: (weights, features, width, out) => kernels.nearestRows(weights, features, width, out),
      misalignment,
    };
    const engine: TableKernels = {
      head: (table) => new NativeHead(kernels, runForward, table),
      productHead: (table) => new NativeHead(kernels, runForward, table),
      rotation: (table) => createRotation(kernels, runRotation, held, table),
    };
    return { transform, engine };
  },
};
