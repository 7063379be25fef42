import type { TransformBackend } from "../backend.js";
import type { Engine } from "./engine.js";
import { createHead } from "./head.js";
import { nearestRowsOf } from "./nearest-rows.js";
import { createProductHead } from "./product-head.js";
import { createRotation } from "./rotation.js";

/** The memory of a backend, and its transform. */
export interface WasmEngine extends Pick<TransformBackend, "fwht"> {
  readonly engine: Engine;
}

/** Heads and rotations in the memory of that backend. */
export const wasmKernels = ({ engine, fwht }: WasmEngine) => ({
  head: (table: Parameters<typeof createHead>[1]) => createHead(engine, table),
  productHead: (table: Parameters<typeof createProductHead>[1]) => createProductHead(engine, table),
  nearestRows: nearestRowsOf(engine),
  rotation: (table: Parameters<typeof createRotation>[2]) => createRotation(engine, fwht, table),
});
