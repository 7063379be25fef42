import type { Backend, HeadKernels, HeadTable } from "./backend.js";
import { fwht } from "./js/fwht.js";
import { createHead } from "./js/head.js";

/** What a backend may have no kernels for. */
export type Feature = "base" | "columns" | "weights";

type PartialKernels = Omit<HeadKernels, "chosenProbabilities"> & Partial<HeadKernels>;
type PartialBackend = Omit<Backend, "head"> & { head(table: HeadTable): PartialKernels };

/** Lets plain TypeScript do what a backend has no kernels for yet; the bits are the same. */
export function withFallback(backend: PartialBackend, missing: readonly Feature[]): Backend {
  const has = (feature: Feature): boolean => !missing.includes(feature);
  const knows = ({ base, columns, weights }: HeadTable): boolean =>
    (base === 1 || has("base")) &&
    (columns === null || has("columns")) &&
    (weights === null || has("weights"));
  return {
    ...backend,
    fwht: (x, rowLength, factor, base) =>
      (base === undefined || has("base") ? backend.fwht : fwht)(x, rowLength, factor, base),
    plan: (x, rowLength, factor, base) =>
      base === undefined || has("base")
        ? backend.plan(x, rowLength, factor, base)
        : () => fwht(x, rowLength, factor, base),
    head(table) {
      if (!knows(table)) return createHead(table);
      let plain: HeadKernels | null = null;
      return {
        chosenProbabilities(x, parameters, chosen, out) {
          plain ??= createHead(table);
          plain.chosenProbabilities(x, parameters, chosen, out);
        },
        ...backend.head(table),
      };
    },
  };
}
