import type { KroneckerFactor } from "../../hadamard/factor.js";
import type { RotationTable } from "../../table.js";
import type { RotationKernels } from "../backend.js";
import type { Addon, Factor, Kernels } from "./addon.js";

/** The kernels of a rotation in the addon. */
export function createRotation(
  kernels: Kernels,
  runRotation: Addon["runRotation"],
  held: (factor: KroneckerFactor | null) => Factor | undefined,
  { length, order, factor, rounds, masks }: RotationTable,
): RotationKernels {
  const transposed = held(factor?.transposed ?? null);
  const rotation = kernels.rotation(length, order, rounds, masks, held(factor), transposed);
  return {
    rotate: (x, inverse) => kernels.rotate(x, rotation, inverse ? 1 : 0),
    plan(x, inverse) {
      const plan = kernels.planRotation(x, rotation, inverse ? 1 : 0);
      return () => runRotation(plan);
    },
  };
}
