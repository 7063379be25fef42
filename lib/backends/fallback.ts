import type { Backend } from "./backend.js";
import { createHead } from "./js/head.js";

/** Lets plain TypeScript do the heads of dense tables, for a backend that has kernels for all others; the bits are the same. */
export const withDenseFallback = (backend: Backend): Backend => ({
  ...backend,
  head: (table) => (table.weights === null ? backend.head(table) : createHead(table)),
});
