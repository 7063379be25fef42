import type { HadamardTable } from "../table.js";
import type { Backend, HeadKernels } from "./backend.js";
import { createHead } from "./js/head.js";

/** A backend with kernels for heads of Hadamard matrices only. */
interface HadamardBackend extends Omit<Backend, "head"> {
  head(table: HadamardTable): HeadKernels;
}

/** Lets plain TypeScript do the heads of dense tables, for a backend that has kernels for all others; the bits are the same. */
export const withDenseFallback = (backend: HadamardBackend): Backend => ({
  ...backend,
  head: (table) => (table.kind === "hadamard" ? backend.head(table) : createHead(table)),
});
